/* The page's files, put into the program as the build bundled them. */
        .section .rodata
        .macro asset name, file
        .global \name\()_start, \name\()_size
        .balign 16
\name\()_start:
        .incbin "\file"
\name\()_end:
        .balign 8
\name\()_size:
        .quad \name\()_end - \name\()_start
        .endm
        asset desk_index_html, "desk/index.html"
        asset desk_app_js, "desk/app.js"
        asset desk_app_css, "desk/app.css"
        asset desk_icon_svg, "desk/icon.svg"
        .section .note.GNU-stack, "", @progbits
