/* The fingerprint of the reader, as the Makefile makes it of its sources: text, ended by a zero. */
        .section .rodata
        .global reader_id
reader_id:
        .incbin "intake/reader-id"
        .byte 0
        .section .note.GNU-stack, "", @progbits
