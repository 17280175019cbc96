/* The model's file, put into the program as it is. */
        .section .rodata
        .balign 16
        .global digits_model_start, digits_model_size
digits_model_start:
        .incbin "models/digits.bin"
digits_model_end:
        .balign 8
digits_model_size:
        .quad digits_model_end - digits_model_start
        .section .note.GNU-stack, "", @progbits
