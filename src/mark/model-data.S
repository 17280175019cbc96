/* The model's file, put into the program as it is. */
        .section .rodata
        .balign 16
        .global marks_model_start, marks_model_size
marks_model_start:
        .incbin "models/marks.bin"
marks_model_end:
        .balign 8
marks_model_size:
        .quad marks_model_end - marks_model_start
        .section .note.GNU-stack, "", @progbits
