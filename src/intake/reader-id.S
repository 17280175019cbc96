/* The digest of the reader's sources, as the Makefile makes it: text, ended by a zero. */
        .section .rodata
        .global reader_id
reader_id:
        .incbin "intake/reader-id"
        .byte 0
        .section .note.GNU-stack, "", @progbits
