/* The strokes of marks, from the motion of a hand: arcs with a bow, a tremor of 8 to 12 a second, a miss of
 * its own.
 *
 * Tremor: physiologic, 8–12 Hz (Elble and Koller 1990); at 20 to 60 mm a second its waves are 2 to 7 mm long.
 * One hand in ten is an old or shaking one. Shares of habits are a judgement: the form asks for a cross, many
 * tick all the same. */
#include <algorithm>

#include "unseen/hand.h"

constexpr double PI = 3.14159265358979;

const char *mark_name(Mark mark)
{
    static const char *const names[] = {"cross",     "tick", "tick-long", "fill",  "fill-hasty",
                                        "fill-half", "dot",  "ring",      "words", "slash"};
    return names[mark];
}

Hand hand_draw(Random &random)
{
    Hand hand = {};
    hand.pen = pen_draw(random);
    hand.habit = Mark(random.pick({0.42, 0.25, 0.05, 0.06, 0.06, 0.02, 0.02, 0.03, 0.02, 0.07}));
    hand.haste = random.uniform();
    hand.size = std::clamp(random.around(4.2, 0.3), 2.2, 9.0);
    /* one in sixteen writes beside the box, mostly to its left, as if it were a list */
    bool beside = random.chance(0.06);
    hand.offset[0] = beside ? random.normal(-1.5, 0.8) : random.normal(0, 0.35);
    hand.offset[1] = random.normal(0, 0.35);
    hand.unsteady = 0.1 + 0.5 * hand.haste * hand.haste;
    hand.tremor = random.chance(0.1) ? random.uniform(0.12, 0.3) : random.uniform(0.01, 0.06);
    hand.slant = random.normal(0, 0.15);
    hand.tail = random.uniform(1.1, 1.9);
    hand.press = std::clamp(random.normal(1, 0.12), 0.65, 1.25);
    return hand;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* The hand shakes while it moves: two waves across the path. */
static void shake(Stroke &stroke, const Hand &hand, Random &random)
{
    double wave = random.uniform(2, 7), other = wave * random.uniform(0.3, 0.5),
           at = random.uniform(0, 2 * PI);
    double along = 0;
    for (size_t i = 0; i < stroke.path.size(); i++) {
        if (i)
            along += cv::norm(stroke.path[i] - stroke.path[i - 1]);
        stroke.path[i].x += hand.tremor * std::sin(2 * PI * along / wave + at);
        stroke.path[i].y += hand.tremor * std::cos(2 * PI * along / other + 2 * at);
    }
}

static Stroke arc(cv::Point2d from, cv::Point2d to, double bow, const Hand &hand, Random &random)
{
    Stroke stroke;
    cv::Point2d way = to - from, across(-way.y, way.x);
    int steps = std::max(4, int(cv::norm(way) / 0.15));
    for (int i = 0; i <= steps; i++) {
        double u = double(i) / steps;
        stroke.path.push_back(from + way * u + across * (bow * std::sin(PI * u)));
    }
    stroke.press = hand.press * random.around(1, 0.05);
    shake(stroke, hand, random);
    return stroke;
}

Strokes line(cv::Point2d from, cv::Point2d to, const Hand &hand, Random &random)
{
    return {arc(from, to, random.normal(0, 0.03), hand, random)};
}

/* Where the mark comes down and how large: the hand's own size meets that of the box. */
struct Place {
    cv::Point2d middle;
    double size;
};

static Place place(const Box &box, const Hand &hand, Random &random)
{
    double own = 0.5 * hand.size + 0.5 * std::max(box.w, box.h) * 1.05;
    return {cv::Point2d(box.x + box.w / 2 + hand.offset[0] + random.normal(0, hand.unsteady),
                        box.y + box.h / 2 + hand.offset[1] + random.normal(0, hand.unsteady)),
            own * random.around(1, 0.1)};
}

static cv::Point2d turned(double x, double y, double angle)
{
    return {x * std::cos(angle) - y * std::sin(angle), x * std::sin(angle) + y * std::cos(angle)};
}

static Strokes cross(const Place &at, const Hand &hand, Random &random)
{
    double r = at.size / 2, a = hand.slant;
    auto corner = [&](double x, double y) {
        return at.middle + turned(x * r * random.around(1, 0.1), y * r * random.around(1, 0.1), a);
    };
    Strokes strokes = {arc(corner(-1, -1), corner(1, 1), random.normal(0, 0.05), hand, random),
                       arc(corner(1, -1), corner(-1, 1), random.normal(0, 0.05), hand, random)};
    if (hand.haste > 0.85) { /* hardly lifted between the two */
        strokes.push_back(arc(strokes[0].path.back(), strokes[1].path.front(), -0.2, hand, random));
        strokes.back().press *= 0.5;
    }
    return strokes;
}

static Strokes tick(const Place &at, double tail, const Hand &hand, Random &random)
{
    double s = at.size / 2, angle = -0.95 + hand.slant + random.normal(0, 0.06);
    cv::Point2d knee = at.middle + cv::Point2d(-0.1 * s, 0.55 * s);
    cv::Point2d start = knee + cv::Point2d(-0.75 * s, -0.85 * s) * random.around(1, 0.12);
    cv::Point2d end =
        knee + cv::Point2d(std::cos(angle), std::sin(angle)) * (s * 2 * tail * random.around(1, 0.12));
    Stroke down = arc(start, knee, random.normal(0, 0.06), hand, random);
    Stroke up = arc(knee, end, random.normal(-0.05, 0.04), hand, random);
    down.path.insert(down.path.end(), up.path.begin(), up.path.end());
    return {down};
}

/* To and fro over a part of the box, `pitch` mm apart. */
static Strokes hatch(cv::Rect2d part, double pitch, double over, const Hand &hand, Random &random)
{
    Stroke stroke;
    /* as wide as the pen may be, to and fro it goes */
    pitch = std::min(pitch, std::min(part.width, part.height) / 3);
    double angle = random.uniform(0.2, 1.2), reach = std::hypot(part.width, part.height) / 2;
    cv::Point2d middle(part.x + part.width / 2, part.y + part.height / 2);
    int side = 1;
    for (double v = -reach; v <= reach; v += pitch * random.around(1, 0.2), side = -side) {
        /* the chord of the part at v, cut by its four sides */
        double most = 0;
        for (double u = 0; u < reach; u += 0.05) {
            cv::Point2d p = middle + turned(side * u, v, angle);
            if (part.contains(p))
                most = u;
        }
        if (most == 0)
            continue;
        cv::Point2d p =
            middle + turned(side * std::max(0.1, most + random.normal(over, 0.12 + over / 2)), v, angle);
        if (stroke.path.empty())
            stroke.path.push_back(p);
        else {
            Stroke leg = arc(stroke.path.back(), p, random.normal(0, 0.03), hand, random);
            stroke.path.insert(stroke.path.end(), leg.path.begin(), leg.path.end());
        }
    }
    stroke.press = hand.press;
    return {stroke};
}

static cv::Rect2d around_box(const Box &box, const Hand &hand, Random &random)
{
    Place at = place(box, hand, random);
    return {at.middle.x - box.w / 2, at.middle.y - box.h / 2, box.w, box.h};
}

static Strokes fill(const Box &box, double looseness, double part, const Hand &hand, Random &random)
{
    cv::Rect2d area = around_box(box, hand, random);
    if (part < 1) {
        int side = random.below(4);
        if (side < 2)
            area.x += side ? area.width * (1 - part) : 0, area.width *= part;
        else
            area.y += side == 3 ? area.height * (1 - part) : 0, area.height *= part;
    }
    return hatch(area, std::max(0.22, hand.pen.width * looseness), looseness > 1.2 ? 0.25 : -0.15, hand,
                 random);
}

static Strokes dot(const Box &box, double size, const Hand &hand, Random &random)
{
    Place at = place(box, hand, random);
    Stroke stroke;
    for (double t = 0; t < 3 * 2 * PI; t += 0.3)
        stroke.path.push_back(at.middle + turned(size / 2 * (0.3 + 0.7 * t / (6 * PI)), 0, t));
    stroke.press = hand.press;
    return {stroke};
}

Strokes ring(const Box &box, double slack, const Hand &hand, Random &random)
{
    Place at = place(box, hand, random);
    double rx = box.w * 0.71 + slack * random.uniform(0.5, 1.6),
           ry = box.h * 0.71 + slack * random.uniform(0.4, 1.2);
    double from = random.uniform(-2.2, -1), drift = random.normal(0, 0.12), more = random.uniform(-0.15, 0.7);
    Stroke stroke;
    for (double t = 0; t < 2 * PI + more; t += 0.06) {
        double swell = 1 + drift * t / (2 * PI);
        stroke.path.push_back(
            at.middle + turned(rx * swell * std::cos(from - t), ry * swell * std::sin(from - t), hand.slant));
    }
    stroke.press = hand.press;
    shake(stroke, hand, random);
    return {stroke};
}

/* ---- marks ----------------------------------------------------------------------------------- */

Strokes mark_strokes(Mark mark, const Box &box, double words, const Hand &hand, Random &random)
{
    Place at = place(box, hand, random);
    double r = at.size / 2;
    switch (mark) {
    case TICK:
        return tick(at, hand.tail, hand, random);
    case TICK_LONG:
        return tick(at, hand.tail + random.uniform(1.2, 2.4), hand, random);
    case FILL:
        return fill(box, 0.7, 1, hand, random);
    case FILL_HASTY:
        return fill(box, random.uniform(1.3, 2.4), 1, hand, random);
    case FILL_HALF:
        return fill(box, 0.8, random.uniform(0.45, 0.65), hand, random);
    case DOT:
        return dot(box, std::min(0.5 * box.w, random.uniform(0.8, 1.6)), hand, random);
    case RING:
        return ring(box, 1, hand, random);
    case WORDS:
        if (words > 0)
            return {arc(cv::Point2d(box.x - random.uniform(0.2, 1), at.middle.y + random.normal(0, 0.3)),
                        cv::Point2d(words + random.uniform(-1, 1.5), at.middle.y + random.normal(0, 0.5)),
                        random.normal(0, 0.02), hand, random)};
        return cross(at, hand, random);
    case SLASH:
        return {arc(at.middle + turned(-r * 1.1, r * 1.1, hand.slant),
                    at.middle + turned(r * 1.1, -r * 1.1, hand.slant), random.normal(0, 0.05), hand, random)};
    default:
        return cross(at, hand, random);
    }
}

Strokes blacken(const Box &box, const Hand &hand, Random &random)
{
    Strokes strokes = fill(box, 0.65, 1, hand, random), more = fill(box, 0.75, 1, hand, random);
    strokes.insert(strokes.end(), more.begin(), more.end());
    return strokes;
}

/* Two or three lines right through. */
Strokes strike(const Box &box, const Hand &hand, Random &random)
{
    Strokes strokes;
    int lines = 2 + random.below(2);
    for (int i = 0; i < lines; i++) {
        double y = box.y + box.h * (i + 0.7) / (lines + 0.4) + random.normal(0, 0.15);
        strokes.push_back(
            arc(cv::Point2d(box.x - random.uniform(0.8, 2.5), y + random.normal(0, 0.3)),
                cv::Point2d(box.x + box.w + random.uniform(0.8, 2.5), y + random.normal(0, 0.3)),
                random.normal(0, 0.02), hand, random));
    }
    return strokes;
}

Strokes scribble(const Box &box, const Hand &hand, Random &random)
{
    cv::Rect2d wide(box.x - 0.7, box.y - 0.6, box.w + 1.4, box.h + 1.2);
    Strokes strokes = hatch(wide, std::max(0.4, hand.pen.width * 1.1), 0.4, hand, random);
    Strokes more = hatch(wide, std::max(0.5, hand.pen.width * 1.4), 0.4, hand, random);
    strokes.insert(strokes.end(), more.begin(), more.end());
    return strokes;
}

/* The pen rested here and went on. */
Strokes rest(const Box &box, const Hand &hand, Random &random)
{
    return dot(box, random.uniform(0.1, 0.3), hand, random);
}

/* One word: arches, now and then a tall or a hanging letter: its look, not its sense. */
static Stroke word(cv::Point2d at, int letters, double height, const Hand &hand, Random &random)
{
    Stroke stroke;
    double x = at.x;
    for (int i = 0; i < letters; i++) {
        double wide = height * random.uniform(0.35, 0.7), loop = random.uniform(-0.1, 0.25);
        double up = height * (random.chance(0.25) ? 1 : 0.5) * random.around(1, 0.15);
        double down = random.chance(0.12) ? 0.5 * height : 0;
        for (double t = 0; t < 1; t += 0.05) {
            double swing = 0.5 - 0.5 * std::cos(2 * PI * t);
            stroke.path.push_back({x + wide * t + loop * height * std::sin(2 * PI * t),
                                   at.y - up * swing + down * std::max(0.0, std::sin(2 * PI * (t - 0.5)))});
        }
        x += wide;
    }
    stroke.press = hand.press;
    shake(stroke, hand, random);
    return stroke;
}

Strokes writing(const Field &field, const Hand &hand, Random &random)
{
    Strokes strokes;
    double height = random.uniform(2.5, 4.5), x = field.x + random.uniform(1, 8);
    double line_height = field.h / 3, y = field.y + line_height * 0.8;
    int words = 3 + random.below(14);
    for (int w = 0; w < words; w++) {
        if (x > field.x + field.w - 4 * height) {
            x = field.x + random.uniform(1, 4), y += line_height;
            if (y > field.y + field.h)
                break;
        }
        strokes.push_back(word({x, y}, 2 + random.below(4), height, hand, random));
        x = strokes.back().path.back().x + height * random.uniform(0.4, 0.9);
    }
    return strokes;
}
