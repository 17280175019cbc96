/* What a format code (ECMA-376 part 1, 18.8.31) makes of a number, as far as it matters whether a clerk sees
 * the number that is stored. C++; inside the room only. */
#ifndef PHIEU_TABLE_CODES_H
#define PHIEU_TABLE_CODES_H

#include <string>

/* What a number format makes of a number. */
enum class ShownAs { number, percent, date, truth };

/* A number as a clerk sees it. */
struct Display {
    ShownAs as;
    std::string text; /* with a decimal comma, without groups of thousands; of `number` alone */
    bool same;        /* the text is that number, to its last digit */
};

/* By a whole code, of which the section for that number counts: "0.0", "General", "0.00;-0.00;;@". */
Display code_show(const std::string &code, double value);
/* By one section. `own_sign`: it says itself that a number is negative, nothing is put before it. */
Display code_show_section(const std::string &section, double value, bool own_sign);
/* The finite number a file stores; false for any other text. */
bool code_parse(const std::string &text, double *ret_value);
/* A number as a plain decimal of the 15 digits a spreadsheet has, without the rest that binary arithmetic
 * leaves behind a short one: 37.499999999999996 is 37.5. */
std::string code_plain(double value);

#endif
