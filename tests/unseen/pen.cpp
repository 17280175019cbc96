/* What a stroke leaves on paper: a ball that rolls and skips, gel and felt that creep, lead that catches on
 * the tooth.
 *
 * Width classes are those of ISO 12757-1 (ball pens), 14145-1 (rollers) and 27668-1 (gel): fine to broad
 * lines of 0.3 to 0.7 mm. Densities, what soaks through, shares of pens, skips and blobs are judged: full
 * black print has a reflection density of 1.2 to 1.5, oily ink less, watery ink about the same, lead H shows
 * as pale grey. */
#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "unseen/pen.h"

/* ---- which pen ------------------------------------------------------------------------------- */

/* Blue dyes let blue light through, red ones red light; black and lead take all alike. */
static void colour(Pen &pen, Random &random)
{
    static const double inks[3][3] = {{1, 0.8, 0.35}, {1, 1, 0.97}, {0.08, 0.9, 0.8}};
    int which = pen.kind == PENCIL_HARD || pen.kind == PENCIL_SOFT ? 1 : random.pick({0.58, 0.38, 0.04});
    for (int c = 0; c < 3; c++)
        pen.absorb[c] = std::min(1.1, inks[which][c] * random.around(1, 0.06));
}

Pen pen_draw(Random &random)
{
    Pen pen = {};
    pen.kind = PenKind(random.pick({0.56, 0.18, 0.05, 0.04, 0.12, 0.05}));
    double s = random.uniform();
    pen.nib = random.uniform(0.5, 1.1);
    switch (pen.kind) {
    case BALLPOINT:
        pen.width = 0.30 + 0.35 * s, pen.density = random.uniform(0.7, 1.1), pen.dry = random.uniform(0, 0.8);
        pen.skip = random.chance(0.25) ? random.uniform(0.05, 0.3) : 0.02;
        pen.blobs = random.chance(0.3) ? random.uniform(0.3, 1.5) : 0.1, pen.bleed = 0.01;
        break;
    case GEL:
        pen.width = 0.35 + 0.3 * s, pen.density = random.uniform(1.1, 1.5), pen.skip = 0.005,
        pen.through = random.uniform(0, 0.05);
        pen.blobs = 0.05, pen.bleed = 0.03;
        break;
    case FELT:
        pen.width = 0.7 + 1.3 * s * s, pen.density = random.uniform(0.9, 1.4),
        pen.bleed = random.uniform(0.06, 0.16), pen.through = random.uniform(0.05, 0.35);
        break;
    case PENCIL_HARD:
        pen.width = 0.3 + 0.25 * s, pen.density = random.uniform(0.2, 0.35);
        break;
    case PENCIL_SOFT:
        pen.width = 0.5 + 0.4 * s, pen.density = random.uniform(0.5, 0.9);
        break;
    case FOUNTAIN:
        pen.width = 0.45 + 0.4 * s, pen.density = random.uniform(0.7, 1.2),
        pen.bleed = random.uniform(0.03, 0.09), pen.through = random.uniform(0.02, 0.15);
        break;
    }
    colour(pen, random);
    return pen;
}

const char *pen_name(const Pen &pen)
{
    static const char *const names[] = {"ballpoint", "gel", "felt", "pencil-hard", "pencil-soft", "fountain"};
    return names[pen.kind];
}

/* ---- one stroke ------------------------------------------------------------------------------ */

/* How far the ink of a stroke has come: flow and width change along the line, smoothly. */
struct Flow {
    double since_start = 0, to_end = 0, wander = 0, skip = 0, blob = 0;
};

static void flow_step(Flow &flow, const Pen &pen, double step, Random &random)
{
    double keep = std::exp(-step / 0.5), kick = std::sqrt(1 - keep * keep);
    flow.wander = flow.wander * keep + kick * random.normal();
    flow.skip = flow.skip * keep + kick * random.normal();
    flow.blob *= std::exp(-step / 0.12);
    if (random.chance(pen.blobs * step / 10))
        flow.blob = random.uniform(0.5, 1.3);
    flow.since_start += step;
    flow.to_end = std::max(0.0, flow.to_end - step);
}

static double flow_ink(const Flow &flow, const Pen &pen, double press)
{
    double ink = press * (1 + 0.06 * flow.wander);
    if (pen.dry > 0)
        ink *= 1 - 0.8 * std::exp(-flow.since_start / pen.dry * 2);
    /* skip is a normal draw: beyond this bound with the pen's share */
    double bound = pen.skip <= 0 ? 9 : pen.skip < 0.03 ? 2.2 : pen.skip < 0.12 ? 1.5 : 0.95;
    if (flow.skip > bound)
        ink *= std::max(0.1, 1 - 2.5 * (flow.skip - bound));
    if (pen.kind == FOUNTAIN)
        ink *= 0.8 + 0.35 * std::exp(-flow.to_end / 0.6);
    return std::max(ink, flow.blob);
}

static double flow_width(const Flow &flow, const Pen &pen, double press, double angle)
{
    double w = pen.width * (0.75 + 0.25 * press) * (1 + 0.07 * flow.wander);
    if (pen.kind == FOUNTAIN)
        w *= 0.55 + 0.5 * std::fabs(std::sin(angle - pen.nib));
    if (pen.kind == FELT)
        w *= 1 + 0.2 * std::exp(-flow.since_start / 0.5) + 0.2 * std::exp(-flow.to_end / 0.5);
    return w * (1 + 0.5 * flow.blob);
}

/* A round touch of the pen, in pixels; where touches overlap the stronger stays. */
static void touch(cv::Mat &layer, cv::Point2d at, double radius, double ink)
{
    int x0 = std::max(0, int(at.x - radius - 1)), x1 = std::min(layer.cols - 1, int(at.x + radius + 2));
    int y0 = std::max(0, int(at.y - radius - 1)), y1 = std::min(layer.rows - 1, int(at.y + radius + 2));
    for (int y = y0; y <= y1; y++) {
        float *row = layer.ptr<float>(y);
        for (int x = x0; x <= x1; x++) {
            double d = std::hypot(x - at.x, y - at.y);
            float c = float(std::clamp(radius + 0.5 - d, 0.0, 1.0) * ink);
            row[x] = std::max(row[x], c);
        }
    }
}

static void run(cv::Mat &layer, const Pen &pen, const Stroke &stroke, cv::Point2d origin, Random &random)
{
    constexpr double STEP = 0.03;
    Flow flow;
    for (size_t i = 1; i < stroke.path.size(); i++)
        flow.to_end += cv::norm(stroke.path[i] - stroke.path[i - 1]);
    double length = std::max(flow.to_end, 0.1);
    flow.wander = random.normal(), flow.skip = random.normal();
    double carry = 0; /* what was left of a step at the last bend */
    for (size_t i = 1; i < stroke.path.size(); i++) {
        cv::Point2d from = stroke.path[i - 1], way = stroke.path[i] - from;
        double far = cv::norm(way), angle = std::atan2(way.y, way.x), t = carry;
        for (; t < far; t += STEP) {
            flow_step(flow, pen, STEP, random);
            /* the hand comes down, presses, and lifts */
            double lift =
                std::min(1.0, 0.6 + 0.4 * std::min(flow.since_start, flow.to_end) / (0.15 * length));
            double press = stroke.press * lift;
            touch(layer, (from + way * (t / far) - origin) * MM, flow_width(flow, pen, press, angle) * MM / 2,
                  flow_ink(flow, pen, press));
        }
        carry = t - far;
    }
}

/* ---- ink and paper --------------------------------------------------------------------------- */

/* Ink creeps along fibres: its edge follows them. */
static void creep(cv::Mat &layer, const Pen &pen, cv::Point at, const Noise &fibre)
{
    cv::Mat soft;
    cv::GaussianBlur(layer, soft, cv::Size(), std::max(0.35, pen.bleed * MM));
    if (pen.bleed < 0.02) {
        layer = soft;
        return;
    }
    for (int y = 0; y < layer.rows; y++) {
        float *row = layer.ptr<float>(y);
        const float *s = soft.ptr<float>(y);
        for (int x = 0; x < layer.cols; x++) {
            if (s[x] < 0.02F)
                continue;
            float edge = s[x] + 0.14F * fibre.at(at.x + x, at.y + y) * std::min(1.0F, 4 * s[x]);
            row[x] =
                std::max(row[x] * 0.9F, std::clamp((edge - 0.2F) / 0.4F, 0.0F, 1.0F) * std::max(0.7F, s[x]));
        }
    }
}

/* Lead stays on the hills of the paper; more pressure reaches deeper. */
static void catch_on_tooth(cv::Mat &layer, const Pen &pen, cv::Point at, const Noise &tooth,
                           const Noise &fine)
{
    float reach = pen.kind == PENCIL_HARD ? 0.4F : 0.75F;
    cv::GaussianBlur(layer, layer, cv::Size(), 1);
    for (int y = 0; y < layer.rows; y++) {
        float *row = layer.ptr<float>(y);
        for (int x = 0; x < layer.cols; x++)
            if (row[x] > 0) {
                float hill = 0.22F * tooth.at(at.x + x, at.y + y) + 0.22F * fine.at(at.x + x, at.y + y);
                row[x] *= std::clamp(reach + hill, 0.05F, 1.2F);
            }
    }
}

/* Where lines cross ink comes to ink, though less than twice. */
static void lay(Paper &paper, const Pen &pen, const cv::Mat &layer, cv::Point at, const Noise &fine)
{
    for (int y = 0; y < layer.rows; y++) {
        const float *row = layer.ptr<float>(y);
        uchar *ink = paper.ink.ptr<uchar>(at.y + y) + at.x;
        for (int x = 0; x < layer.cols; x++) {
            if (row[x] < 0.01F)
                continue;
            double d = pen.density * row[x] * (1 + 0.06 * fine.at(at.x + x, at.y + y)) * INK_STEP;
            double was = ink[x];
            ink[x] = cv::saturate_cast<uchar>(std::max(d, was) + 0.35 * std::min(d, was));
        }
    }
}

void pen_write(Paper &paper, const Pen &pen, const Strokes &strokes, Random &random)
{
    Noise fibre(grain().tooth, random), fine(grain().fine, random);
    for (const Stroke &stroke : strokes) {
        if (stroke.path.size() < 2)
            continue;
        double margin = pen.width + 1;
        cv::Point2d least(1e9, 1e9), most(-1e9, -1e9);
        for (const auto &p : stroke.path) {
            least = {std::min(least.x, p.x - margin), std::min(least.y, p.y - margin)};
            most = {std::max(most.x, p.x + margin), std::max(most.y, p.y + margin)};
        }
        cv::Rect area(cv::Point(int(least.x * MM), int(least.y * MM)),
                      cv::Point(int(most.x * MM), int(most.y * MM)));
        area &= cv::Rect(0, 0, paper.ink.cols, paper.ink.rows);
        if (area.empty())
            continue;
        cv::Mat layer = cv::Mat::zeros(area.size(), CV_32F);
        run(layer, pen, stroke, cv::Point2d(area.x / MM, area.y / MM), random);
        if (pen.kind == PENCIL_HARD || pen.kind == PENCIL_SOFT)
            catch_on_tooth(layer, pen, area.tl(), fibre, fine);
        else
            creep(layer, pen, area.tl(), fibre);
        lay(paper, pen, layer, area.tl(), fine);
    }
}
