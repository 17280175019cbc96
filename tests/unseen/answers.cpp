/* What a person means and does, question by question; what another person could not know is said to be
 * ambiguous.
 *
 * Shares are a judgement, made larger than an office sees so that rare things are counted: of all answers 2 %
 * are left out, 5 % taken back, 3 % marked otherwise than the hand is used to, 1 % unclear. */
#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "unseen/answers.h"

using Boxes = std::vector<const Box *>;

/* ---- words beside a box ---------------------------------------------------------------------- */

/* Where the words right of a box end, in mm; nought where there are none. A line that stands is no word. */
static double words_end(const Paper &paper, const Box &box, const Boxes &boxes)
{
    double limit = std::min(box.x + box.w + 60, 205.0);
    for (const Box *other : boxes)
        if (other->x > box.x && std::fabs(other->y - box.y) < 2)
            limit = std::min(limit, other->x - 1);
    double last = 0;
    int top = int(box.y * MM), high = int(box.h * MM);
    for (double x = box.x + box.w + 0.6; x < limit; x += 0.2) {
        cv::Mat column = paper.toner(cv::Rect(int(x * MM), top, 2, high));
        double covered = cv::countNonZero(column > 100) / double(2 * high);
        if (covered > 0.8 || x - std::max(last, box.x + box.w) > 4)
            break;
        if (covered > 0.04)
            last = x;
    }
    return last > box.x + box.w + 4 ? last : 0;
}

/* ---- taking back ----------------------------------------------------------------------------- */

/* Rubbed out: lead goes, some stays, and a little is smeared. */
static void rub_out(Paper &paper, const Box &box, Random &random)
{
    cv::Rect area(int((box.x - 1.5) * MM), int((box.y - 1.5) * MM), int((box.w + 4) * MM),
                  int((box.h + 3) * MM));
    area &= cv::Rect(0, 0, paper.ink.cols, paper.ink.rows);
    double left = random.uniform(0.04, 0.22);
    Noise tooth(grain().tooth, random), cloud(grain().cloud, random);
    for (int y = 0; y < area.height; y++) {
        uchar *ink = paper.ink.ptr<uchar>(area.y + y) + area.x,
              *shade = paper.shade.ptr<uchar>(area.y + y) + area.x;
        for (int x = 0; x < area.width; x++) {
            ink[x] = cv::saturate_cast<uchar>(ink[x] * left * (1 + 0.4 * tooth.at(x, y)));
            shade[x] = uchar(shade[x] * std::clamp(0.985 + 0.008 * double(cloud.at(x, y)), 0.95, 1.0));
        }
    }
}

/* Fluid painted over: print and ink below hardly show, its rim casts a faint shadow. */
static void paint_over(Paper &paper, const Box &box, Random &random)
{
    double rx = (box.w * 0.5 + random.uniform(0.6, 1.6)) * MM,
           ry = (box.h * 0.5 + random.uniform(0.3, 1.2)) * MM;
    cv::Point2d middle((box.x + box.w / 2 + random.normal(0, 0.4)) * MM,
                       (box.y + box.h / 2 + random.normal(0, 0.3)) * MM);
    double cover = random.uniform(0.8, 0.98);
    Noise edge(grain().cloud, random), rough(grain().tooth, random);
    for (int y = std::max(0, int(middle.y - 2 * ry)); y < std::min(paper.ink.rows, int(middle.y + 2 * ry));
         y++)
        for (int x = std::max(0, int(middle.x - 2 * rx));
             x < std::min(paper.ink.cols, int(middle.x + 2 * rx)); x++) {
            double u = (x - middle.x) / rx, v = (y - middle.y) / ry;
            double r =
                std::pow(u * u * u * u + v * v * v * v, 0.25) + 0.06 * edge.at(x, y) + 0.01 * rough.at(x, y);
            double on = std::clamp((1.05 - r) / 0.1, 0.0, 1.0) * cover;
            uchar &ink = paper.ink.ptr<uchar>(y)[x], &toner = paper.toner.ptr<uchar>(y)[x];
            ink = uchar(ink * (1 - on)), toner = uchar(toner * (1 - on));
            if (r > 0.95 && r < 1.12)
                paper.shade.ptr<uchar>(y)[x] = uchar(paper.shade.ptr<uchar>(y)[x] * 0.97);
        }
}

/* ---- one question ---------------------------------------------------------------------------- */

struct Desk {
    Paper &paper;
    const Respondent &who;
    Boxes &boxes; /* of the question */
    Random &random;

    void write(const Strokes &strokes)
    {
        pen_write(paper, who.hand.pen, strokes, random);
    }
    /* The name of what came of it: where there are no words to strike a cross is made. */
    std::string put(Mark mark, const Box &box)
    {
        double words = mark == WORDS ? words_end(paper, box, boxes) : 0;
        if (mark == WORDS && words == 0)
            mark = CROSS;
        write(mark_strokes(mark, box, words, who.hand, random));
        return mark_name(mark);
    }
    const Box &other(const Box &than)
    {
        const Box *box;
        do
            box = boxes[size_t(random.below(int(boxes.size())))];
        while (box == &than);
        return *box;
    }
};

static bool lead(const Hand &hand)
{
    return hand.pen.kind == PENCIL_HARD || hand.pen.kind == PENCIL_SOFT;
}

/* Marked wrongly, taken back, marked anew. A hand that fills boxes does not blacken one to take it back. */
static void correct(Desk &desk, const Box &meant, Answer &answer)
{
    const Hand &hand = desk.who.hand;
    const Box &wrong = desk.other(meant);
    bool fills = hand.habit == FILL || hand.habit == FILL_HASTY || hand.habit == FILL_HALF;
    Mark mark = hand.habit == RING || hand.habit == WORDS ? CROSS : hand.habit;
    int way = lead(hand) && desk.random.chance(0.7)
                  ? 4
                  : desk.random.pick({fills ? 0 : 0.3, 0.2, desk.who.ring_cancels ? 0.3 : 0, 0.1, 0,
                                      lead(hand) ? 0 : 0.12, 0.05});
    static const char *const names[] = {"fix-blacken", "fix-strike", "fix-ring",    "fix-scribble",
                                        "fix-erase",   "fix-fluid",  "unclear-ring"};
    answer.mark = names[way];
    desk.put(mark, wrong);
    if (way == 0)
        desk.write(blacken(wrong, hand, desk.random));
    else if (way == 1)
        desk.write(strike(wrong, hand, desk.random));
    else if (way == 2)
        desk.write(ring(wrong, 0.9, hand, desk.random));
    else if (way == 3)
        desk.write(scribble(wrong, hand, desk.random));
    else if (way == 4)
        rub_out(desk.paper, wrong, desk.random);
    else if (way == 5)
        paint_over(desk.paper, wrong, desk.random);
    if (way == 3 || way == 6)
        desk.write(ring(meant, 0.9, hand, desk.random));
    else
        desk.put(mark, meant);
    answer.ambiguous = way == 6;
}

/* In the middle between two boxes of a line. */
static bool between(Desk &desk, const Box &meant)
{
    for (const Box *next : desk.boxes) {
        double gap = next->x - meant.x;
        if (gap < 1.8 * meant.w || gap > 30 || std::fabs(next->y - meant.y) > 1)
            continue;
        Box middle = meant;
        middle.x += gap / 2;
        Hand hand = desk.who.hand;
        hand.offset[0] = hand.offset[1] = 0, hand.unsteady = 0.1;
        desk.write(mark_strokes(CROSS, middle, 0, hand, desk.random));
        return true;
    }
    return false;
}

/* What nobody can know. */
static bool unclear(Desk &desk, const Box &meant, Answer &answer)
{
    int what = desk.random.pick({0.6, 0.25, 0.15});
    Mark mark = desk.who.hand.habit;
    answer.ambiguous = true;
    if (what == 1 && between(desk, meant)) {
        answer.mark = "unclear-between";
        return true;
    }
    double end = what == 2 ? words_end(desk.paper, meant, desk.boxes) : 0;
    if (end > 0) { /* struck out, or chosen? */
        Strokes strokes = line({meant.x + meant.w + 1.2, meant.y + meant.h / 2}, {end, meant.y + meant.h / 2},
                               desk.who.hand, desk.random);
        desk.write(strokes);
        answer.mark = "unclear-words";
        return true;
    }
    desk.put(mark, meant);
    desk.put(mark, desk.other(meant));
    answer.mark = "unclear-double";
    return true;
}

static void answer_one(Desk &desk, Answer &answer)
{
    const Box &meant = *desk.boxes[size_t(desk.random.below(int(desk.boxes.size())))];
    answer.value = meant.option;
    switch (desk.random.pick({0.885, 0.02, 0.05, 0.007, 0.008, 0.03})) {
    case 1:
        answer.value.clear(), answer.mark = "none";
        return;
    case 2:
        correct(desk, meant, answer);
        return;
    case 3:
        unclear(desk, meant, answer);
        return;
    case 4:
        desk.write(rest(desk.other(meant), desk.who.hand, desk.random));
        desk.put(desk.who.hand.habit, meant);
        answer.mark = "rested";
        return;
    case 5:
        answer.mark = desk.put(Mark(desk.random.below(MARKS)), meant);
        return;
    default:
        answer.mark = desk.put(desk.who.hand.habit, meant);
    }
}

static void answer_many(Desk &desk, Answer &answer)
{
    for (const Box *box : desk.boxes) {
        if (!desk.random.chance(0.35))
            continue;
        answer.mark = desk.put(desk.who.hand.habit, *box);
        answer.value += (answer.value.empty() ? "" : "+") + box->option;
    }
    if (answer.value.empty())
        answer.mark = "none";
}

/* Where the mark in or about this box lies. */
static void label(Paper &paper, const Box &box, int number)
{
    constexpr double AROUND = 3;
    cv::Rect area(int((box.x - AROUND) * MM), int((box.y - AROUND) * MM), int((box.w + 2 * AROUND) * MM),
                  int((box.h + 2 * AROUND) * MM));
    area &= cv::Rect(0, 0, paper.ink.cols, paper.ink.rows);
    cv::Mat print; /* as far as copies and a lens may thicken it */
    cv::dilate(paper.toner(area), print, cv::Mat::ones(11, 11, CV_8U));
    for (int y = 0; y < area.height; y++)
        for (int x = 0; x < area.width; x++)
            if (paper.ink.ptr<uchar>(area.y + y)[area.x + x] > 8 && print.ptr<uchar>(y)[x] < 60)
                paper.label.ptr<uchar>(area.y + y)[area.x + x] = uchar(number);
}

/* The inside of a box in which nothing was written, to compare with. */
static void label_empty(Paper &paper, const Box &box)
{
    double inset = std::min(0.8, box.w / 5);
    cv::Rect inside(int((box.x + inset) * MM), int((box.y + inset) * MM), int((box.w - 2 * inset) * MM),
                    int((box.h - 2 * inset) * MM));
    if (cv::countNonZero(paper.ink(inside)) == 0)
        paper.label(inside).setTo(EMPTY_BOX);
}

/* ---- the page -------------------------------------------------------------------------------- */

static bool clear_of_boxes(const Sheet &sheet, cv::Rect2d area)
{
    for (const Box &box : sheet.boxes)
        if ((area & cv::Rect2d(box.x - 3, box.y - 3, box.w + 6, box.h + 6)).area() > 0)
            return false;
    return true;
}

/* A slip of the pen, or a word of comment, somewhere away from the boxes. */
static void slip(Paper &paper, const Sheet &sheet, const Respondent &who, Random &random)
{
    double x = random.uniform(15, 180), y = random.uniform(20, 270), w = random.uniform(2, 40);
    double h = random.uniform(1, 8);
    if (!clear_of_boxes(sheet, {x - 2, y - 4, w + 30, 20}))
        return;
    Hand light = who.hand;
    light.press *= 0.6;
    bool up = random.chance(0.5);
    Strokes strokes = random.chance(0.5) ? line({x, up ? y + h : y}, {x + w, up ? y : y + h}, light, random)
                                         : writing({"", x, y, w + 20, 15}, who.hand, random);
    pen_write(paper, who.hand.pen, strokes, random);
}

std::vector<Answer> answer_page(Paper &paper, const Sheet &sheet, const Respondent &who, Random &random)
{
    std::vector<Answer> answers;
    std::vector<Boxes> questions;
    for (const Box &box : sheet.boxes) {
        if (questions.empty() || questions.back().front()->question != box.question)
            questions.emplace_back();
        questions.back().push_back(&box);
    }
    for (Boxes &boxes : questions) {
        Answer answer;
        answer.question = boxes.front()->question;
        Random own(random.next());
        Desk desk = {paper, who, boxes, own};
        if (std::find(who.many->begin(), who.many->end(), answer.question) != who.many->end())
            answer_many(desk, answer);
        else
            answer_one(desk, answer);
        for (const Box *box : boxes)
            if (box->option == answer.value && !answer.ambiguous)
                label(paper, *box, int(answers.size()) + 1);
            else
                label_empty(paper, *box);
        answers.push_back(answer);
    }
    for (const Field &field : sheet.fields)
        if (field.kind == "image" && random.chance(0.2))
            pen_write(paper, who.hand.pen, writing(field, who.hand, random), random);
    if (random.chance(0.1))
        slip(paper, sheet, who, random);
    return answers;
}
