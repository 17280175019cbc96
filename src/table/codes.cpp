#include "table/codes.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/base.h"

namespace
{

/* What arithmetic leaves of a number of up to 6 decimals, by its size and at most. */
constexpr double rest = 1e-12, most_rest = 1e-9;
constexpr int short_decimals = 6;
/* More decimals than a number has. */
constexpr int max_decimals = 20;

/* ---- the sections ---- */

/* How far a quoted, escaped or bracketed part that starts at `at` goes; 1 for anything else. */
size_t part_length(const std::string &code, size_t at)
{
    char c = code[at];
    if (c == '\\' || c == '_' || c == '*') /* the next character stands for itself, as a gap, as filling */
        return MIN(size_t(2), code.size() - at);
    if (c != '"' && c != '[')
        return 1;
    size_t end = code.find(c == '"' ? '"' : ']', at + 1);
    return (end == code.npos ? code.size() - 1 : end) - at + 1;
}

std::vector<std::string> split_sections(const std::string &code)
{
    std::vector<std::string> sections(1);
    for (size_t at = 0, length; at < code.size(); at += length) {
        length = part_length(code, at);
        if (code[at] == ';')
            sections.emplace_back();
        else
            sections.back() += code.substr(at, length);
    }
    return sections;
}

/* The condition of a section, "[>=1]": 1 holds, 0 does not, −1 where there is none. */
int check_condition(const std::string &section, double value)
{
    for (size_t at = 0; at < section.size(); at += part_length(section, at)) {
        if (section[at] != '[' || !std::strchr("<>=", section[at + 1]))
            continue;
        size_t number = section.find_first_not_of("<>=", at + 1), end = section.find(']', at);
        std::string op = section.substr(at + 1, number - at - 1);
        double limit;
        if (end == section.npos || number > end ||
            !number_parse_double(section.substr(number, end - number).c_str(), -1e300, 1e300, &limit,
                                 nullptr))
            return -1;
        return op == "<"    ? value < limit
               : op == "<=" ? value <= limit
               : op == ">"  ? value > limit
               : op == ">=" ? value >= limit
               : op == "="  ? value == limit
                            : value != limit;
    }
    return -1;
}

/* The section for a number: of those with conditions the first that fits, else positive; negative; zero. */
size_t choose_section(const std::vector<std::string> &sections, double value)
{
    bool conditions = false;
    for (size_t i = 0; i < sections.size(); i++)
        conditions = conditions || check_condition(sections[i], value) >= 0;
    for (size_t i = 0; conditions && i < sections.size(); i++) {
        if (check_condition(sections[i], value) != 0)
            return i;
    }
    if (value < 0)
        return sections.size() > 1 ? 1 : 0;
    return value == 0 && sections.size() > 2 ? 2 : 0;
}

/* ---- one section ---- */

bool is_blank(const std::string &text)
{
    return text.find_first_not_of(' ') == text.npos;
}

/* What a section is made of. */
struct Section {
    std::string before, within, behind; /* the words around its digits and between them */
    int whole = 0, decimals = 0, thousands = 0, exponents = 0, denominators = 0;
    int denominator = 0;  /* a fixed one */
    int behind_words = 0; /* digits behind those between */
    bool general = false, fraction = false, percent = false, date = false;

    bool has_digits() const
    {
        return general || whole + decimals > 0;
    }
};

/* Reads a section's parts one by one. */
class Reader
{
    const std::string &code;
    bool after_point = false, after_slash = false, after_exponent = false;
    std::string pending; /* words since the last digit */
    int commas = 0;      /* since the last digit */
    Section found;

    void digit()
    {
        found.behind_words = is_blank(pending) ? found.behind_words + 1 : 1;
        (found.has_digits() ? found.within : found.before) += pending;
        pending.clear();
        commas = 0;
        (after_exponent ? found.exponents
         : after_slash  ? found.denominators
         : after_point  ? found.decimals
                        : found.whole)++;
    }
    void bracket(const std::string &inside)
    {
        if (inside[0] == '$') /* a currency: [$₫-42A] */
            pending += inside.substr(1, inside.find('-') - 1);
        else if (!inside.empty() && inside.find_first_not_of("hHmMsS") == inside.npos)
            found.date = true; /* elapsed time: [h], [mm], [ss] */
    }
    /* One part; its length where it is not what part_length() says, else 0. */
    size_t take(size_t at, size_t length)
    {
        char c = code[at];
        if (c == '\\' || c == '_' || c == '*') {
            pending += c == '\\' ? code.substr(at + 1, length - 1) : "";
        } else if (c == '"' || c == '[') {
            size_t inside =
                length >= 2 && std::strchr("\"]", code[at + length - 1]) ? length - 2 : length - 1;
            if (c == '[')
                bracket(code.substr(at + 1, inside));
            else
                pending += code.substr(at + 1, inside);
        } else if (g_ascii_strncasecmp(code.c_str() + at, "general", 7) == 0) {
            digit();
            found.general = true;
            return 7;
        } else if (std::strchr("0#?", c)) {
            digit();
        } else if (c == '@') {
            digit();
            found.general = true;
        } else if (c == '.') {
            after_point = true;
        } else if (c == ',') {
            commas++;
        } else if ((c == 'E' || c == 'e') && (code[at + 1] == '+' || code[at + 1] == '-')) {
            after_exponent = true;
            return 2;
        } else {
            other(c);
        }
        return 0;
    }
    void other(char c)
    {
        if (c == '/') {
            after_slash = found.fraction = true;
        } else if (c == '%') {
            found.percent = true;
        } else if (std::strchr("ymdhsYMDHS", c)) {
            found.date = true;
        } else if (after_slash && g_ascii_isdigit(c)) {
            found.denominator = found.denominator * 10 + (c - '0');
        } else {
            pending += c;
        }
    }

  public:
    explicit Reader(const std::string &section) : code(section)
    {
    }
    Section read()
    {
        for (size_t at = 0; at < code.size();) {
            size_t length = part_length(code, at), own = take(at, length);
            at += own ? own : length;
        }
        found.thousands = commas;
        (found.has_digits() ? found.behind : found.before) += pending;
        return found;
    }
};

/* ---- the number ---- */

Rational *exact(double value)
{
    return rational_parse(code_plain(value).c_str(), nullptr);
}

std::string with_comma(std::string decimal)
{
    size_t point = decimal.find('.');
    if (point != decimal.npos)
        decimal[point] = ',';
    return decimal;
}

/* The nearest fraction of as many digits: "37 1/2". */
std::string show_fraction(const Section &section, double value, bool *ret_same)
{
    int last = section.denominators >= 3 ? 999 : section.denominators == 2 ? 99 : 9, best = 1;
    double whole = std::floor(value), part = value - whole, nearest = 2;
    int first = section.denominator > 0 ? section.denominator : 1;
    for (int q = first; q <= (section.denominator > 0 ? first : last); q++) {
        double error = std::fabs(part - std::round(part * q) / q);
        if (error < nearest - most_rest) {
            nearest = error;
            best = q;
        }
    }
    *ret_same = nearest < most_rest;
    char text[80];
    int above = int(std::lround(part * best));
    if (above == 0 || above == best)
        g_snprintf(text, sizeof text, "%.0f", whole + (above == best));
    else
        g_snprintf(text, sizeof text, "%.0f %d/%d", whole, above, best);
    return text;
}

/* The digits a section shows of a number that is not negative. */
std::string show_digits(const Section &section, double value, bool *ret_same)
{
    if (section.fraction)
        return show_fraction(section, value, ret_same);
    g_autoptr(Rational) stored = exact(value);
    char text[400] = "";
    int decimals = MIN(section.decimals, max_decimals);
    if (section.general || !stored) {
        *ret_same = true;
        return with_comma(code_plain(value));
    }
    if (section.exponents > 0) {
        char form[16];
        g_snprintf(form, sizeof form, "%%.%de", MAX(section.whole - 1, 0) + decimals);
        g_ascii_formatd(text, sizeof text, form, value);
        double seen = 0;
        *ret_same = code_parse(text, &seen) && code_plain(seen) == code_plain(value);
        return with_comma(text);
    }
    g_autoptr(Rational) scaled = rational_copy(stored);
    for (int i = 0; i < MIN(section.thousands, 5); i++) {
        g_autoptr(Rational) thousand = rational_new(1000, 1);
        Rational *less = rational_div(scaled, thousand);
        rational_free(scaled);
        scaled = less;
    }
    g_autofree char *shown = rational_to_decimal(scaled, decimals, '.');
    g_autoptr(Rational) seen = rational_parse(shown, nullptr);
    *ret_same = !seen || rational_compare(seen, stored) == 0;
    return with_comma(shown);
}

bool holds(const std::string &text, const char *part)
{
    return text.find(part) != text.npos;
}

/* Whether words beside the digits make another number of them: "0\.0", "1"0, 0"5". */
bool spoils(const Section &section)
{
    static const char digits[] = "0123456789.,";
    char before = section.before.empty() ? ' ' : section.before.back(),
         behind = section.behind.empty() ? ' ' : section.behind.front();
    return (!is_blank(section.within) && !section.fraction) || std::strchr(digits, before) ||
           std::strchr(digits, behind);
}

/* Words without digits stand for nothing but 0: "-" as accountants write it. */
bool means_zero(std::string words, double value)
{
    words.erase(0, words.find_first_not_of(' ') == words.npos ? words.size() : words.find_first_not_of(' '));
    words.erase(words.find_last_not_of(' ') + 1);
    return value == 0 && (words == "-" || words == "–" || words == "—");
}

} // namespace

Display code_show_section(const std::string &section, double value, bool own_sign)
{
    Section parts = Reader(section).read();
    if (parts.percent || parts.date)
        return {parts.percent ? ShownAs::percent : ShownAs::date, "", false};
    if (!parts.has_digits())
        return {ShownAs::number, parts.before, means_zero(parts.before, value)};
    bool same = true;
    std::string digits = show_digits(parts, std::fabs(value), &same);
    bool sign = holds(parts.before, "-") || holds(parts.before, "(") || holds(parts.before, "\xe2\x88\x92");
    if (!is_blank(parts.within) && !parts.fraction)
        digits.insert(digits.size() - MIN(digits.size(), size_t(parts.behind_words)), parts.within);
    bool put_sign = value < 0 && !own_sign;
    same = same && !spoils(parts) && (value < 0 ? sign || put_sign : !sign);
    return {ShownAs::number, (put_sign ? "-" : "") + parts.before + digits + parts.behind, same};
}

Display code_show(const std::string &code, double value)
{
    std::vector<std::string> sections = split_sections(code.empty() ? "General" : code);
    size_t chosen = choose_section(sections, value);
    bool own_sign = chosen == 1 && check_condition(sections[chosen], value) < 0;
    return code_show_section(sections[chosen], value, own_sign);
}

bool code_parse(const std::string &text, double *ret_value)
{
    double value = 0;
    const char *last = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), last, value);
    if (parsed.ec != std::errc() || parsed.ptr != last || !std::isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

std::string code_plain(double value)
{
    for (int i = 0, scale = 1; i <= short_decimals; i++, scale *= 10) {
        double rounded = std::round(value * scale) / scale;
        if (std::fabs(rounded - value) <= MIN(rest * MAX(1, std::fabs(value)), most_rest)) {
            value = rounded + 0.0; /* no negative zero */
            break;
        }
    }
    char text[64];
    g_ascii_formatd(text, sizeof text, "%.15g", value);
    std::string plain = text;
    if (plain.find_first_of("eE") == std::string::npos)
        return plain;
    char fixed[400];
    g_ascii_formatd(fixed, sizeof fixed, std::fabs(value) < 1 ? "%.20f" : "%.0f", value);
    plain = fixed;
    if (plain.find('.') != std::string::npos) {
        plain.erase(plain.find_last_not_of('0') + 1);
        if (plain.back() == '.')
            plain.pop_back();
    }
    return plain;
}
