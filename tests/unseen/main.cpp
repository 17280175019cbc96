/* Printed ballots in, filled and scanned ones out, with the truth.
 *   unseen --ballots BALLOTS.pdf --layout LAYOUT.json -o DIR --profile office|1bit|copied|hard [--seed N]
 * [--count N]
 *          [--batch-pages N] [--many QUESTION,…] [--ring-cancels]
 * --count: only so many ballots. DIR/scans: the scans. DIR/truth.csv: what was meant, answer by answer. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <memory>
#include <sys/stat.h>

#include "unseen/answers.h"
#include "unseen/scan.h"
#include "unseen/wear.h"

struct Options {
    const char *ballots = nullptr, *layout = nullptr, *out = nullptr;
    Profile profile = OFFICE;
    uint64_t seed = 1;
    int count = 1 << 30, batch_pages = 8;
    std::vector<std::string> many;
    bool ring_cancels = false;
};

static void usage()
{
    fputs(
        "unseen --ballots PDF --layout JSON -o DIR --profile office|1bit|copied|hard [--seed N] [--count N]\n"
        "       [--batch-pages N] [--many QUESTION,…] [--ring-cancels]\n",
        stderr);
    exit(2);
}

static Options options_of(int argc, char **argv)
{
    Options o;
    for (int i = 1; i < argc; i++) {
        std::string name = argv[i];
        if (name == "--ring-cancels") {
            o.ring_cancels = true;
            continue;
        }
        const char *value = ++i < argc ? argv[i] : (usage(), "");
        if (name == "--ballots")
            o.ballots = value;
        else if (name == "--layout")
            o.layout = value;
        else if (name == "-o")
            o.out = value;
        else if (name == "--seed")
            o.seed = strtoull(value, nullptr, 10);
        else if (name == "--count")
            o.count = int(strtol(value, nullptr, 10));
        else if (name == "--batch-pages")
            o.batch_pages = int(strtol(value, nullptr, 10));
        else if (name == "--many")
            for (const char *end = value; *value; value = *end ? end + 1 : end)
                end = strchrnul(value, ','), o.many.emplace_back(value, end);
        else if (name != "--profile" || !profile_of(value, &o.profile))
            usage();
    }
    if (!o.ballots || !o.layout || !o.out)
        usage();
    return o;
}

struct Maker {
    const Options &options;
    Blank *blank;
    FILE *truth;
};

static std::vector<cv::Mat> light_of(const Paper &paper, const Print &print, const Wear &wear, const Pen &pen,
                                     bool colour, const double weights[3], uint64_t seed)
{
    if (!colour)
        return {paper_light(paper, print, wear, pen, weights, seed)};
    std::vector<cv::Mat> light;
    for (int c = 0; c < 3; c++) {
        const double one[3] = {double(c == 0), double(c == 1), double(c == 2)};
        light.push_back(paper_light(paper, print, wear, pen, one, seed));
    }
    return light;
}

/* A page once it is filled in. */
struct Leaf {
    const Sheet *sheet;
    Random random;
    Print print;
    Paper paper;
    std::vector<Answer> answers;
};

static Leaf fill_in(Maker &maker, const Sheet &sheet, const Respondent &who, Random random)
{
    Leaf leaf = {&sheet, random, print_draw(maker.options.profile, random), {}, {}};
    Random grains(random.next()), ink(random.next());
    leaf.paper = paper_printed(blank_render(maker.blank, sheet.pdf_page, PAPER_DPI), leaf.print, grains);
    leaf.answers = answer_page(leaf.paper, sheet, who, ink);
    leaf.random = Random(random.next());
    return leaf;
}

/* The filled page, copied where the profile says so, scanned. `back`: what lies on its other side. */
static Scan take_in(const Leaf &leaf, const Back &back, const Respondent &who, Profile profile,
                    const Scanner &scanner)
{
    Random random = leaf.random;
    Print print = leaf.print;
    Paper paper = leaf.paper;
    const Pen &pen = who.hand.pen;
    Wear wear = wear_draw(profile, random);
    Feed feed = feed_draw(profile, random);
    int copies = copies_draw(profile, random);
    paper_wear(paper, wear, back, pen.through, random);
    for (int i = 0; i < copies; i++) {
        const double green[3] = {0, 1, 0}; /* copiers with one lamp see by green light */
        cv::Mat light = paper_light(paper, print, wear, pen, green, random.next());
        paper = copy_sheet(light, paper.label, wear.white[1], &print, random);
        wear = wear_draw(profile, random);
        paper_wear(paper, wear, back, 0, random);
    }
    auto light = light_of(paper, print, wear, pen, scanner.colour, scanner.weights, random.next());
    Scan scan = scan_sheet(light, paper.label, feed, scanner, wear.white[1], random);
    if (scanner_has_bits(scanner))
        scan.page = scan_bits(scan.page, scanner);
    return scan;
}

/* A mark of which machines left nothing is none to whoever sees the scan; one of which traces are left is
 * named so. What counts is the share of its pixels that are darker than the sheet, over that in empty boxes.
 */
static void fade(const Scan &scan, std::vector<Answer> &answers)
{
    constexpr int DARKER = 25;
    constexpr double NOTHING = 0.005, TRACE = 0.08;
    cv::Mat grey = scan.page;
    if (grey.channels() == 3) { /* red ink shows in blue light, blue ink in red */
        cv::Mat channel;
        cv::extractChannel(scan.page, grey, 0);
        for (int c = 1; c < 3; c++) {
            cv::extractChannel(scan.page, channel, c);
            cv::min(grey, channel, grey);
        }
    }
    int counts[256] = {}, all[256] = {}, dark[256] = {};
    for (int y = 0; y < grey.rows; y++)
        for (int x = 0; x < grey.cols; x += 3)
            counts[grey.ptr<uchar>(y)[x]]++;
    int sheet = int(std::max_element(counts, counts + 256) - counts);
    for (int y = 0; y < grey.rows; y++)
        for (int x = 0; x < grey.cols; x++) {
            int number = scan.label.ptr<uchar>(y)[x];
            all[number]++, dark[number] += grey.ptr<uchar>(y)[x] < sheet - DARKER;
        }
    double grain = all[EMPTY_BOX] ? double(dark[EMPTY_BOX]) / all[EMPTY_BOX] : 0;
    for (size_t i = 0; i < answers.size(); i++) {
        double share = all[i + 1] ? double(dark[i + 1]) / all[i + 1] : 1;
        double left = (share - grain) / (1.001 - grain);
        if (left < NOTHING + grain / 4)
            answers[i].value.clear(), answers[i].mark = "vanished";
        else if (left < TRACE)
            answers[i].mark = "faded";
    }
}

static void write_truth(Maker &maker, const Sheet &sheet, const std::vector<Answer> &answers,
                        const Respondent &who, const std::string &file, int page)
{
    for (const Answer &a : answers)
        fprintf(maker.truth, "%s,%d,%s,%s,%s,%s,%d,%s,%s\n", file.c_str(), page, sheet.serial.c_str(),
                sheet.form.c_str(), a.question.c_str(), a.value.c_str(), a.ambiguous ? 1 : 0, a.mark.c_str(),
                pen_name(who.hand.pen));
}

static void run(Maker &maker, const std::vector<Sheet> &sheets)
{
    const Options &options = maker.options;
    std::unique_ptr<Writer> writer;
    Scanner scanner = {};
    int in_batch = 0, batch = 0, ballots = 0;
    const std::string name = profile_name(options.profile);
    for (size_t i = 0; i < sheets.size();) {
        size_t end = i;
        while (end < sheets.size() && sheets[end].serial == sheets[i].serial)
            end++;
        if (ballots++ >= options.count)
            break;
        if (!writer || in_batch >= options.batch_pages) {
            if (writer)
                writer->close();
            Random machine(options.seed, name + " " + sheets[i].form + " scanner " + std::to_string(++batch));
            scanner = scanner_draw(options.profile, machine);
            char base[32];
            snprintf(base, sizeof base, "scan-%03d", batch);
            writer = std::make_unique<Writer>(std::string(options.out) + "/scans", base, scanner);
            in_batch = 0;
        }
        std::string form = name + " " + sheets[i].form + " " + sheets[i].serial; /* no two alike */
        Random person(options.seed, "person " + form);
        Respondent who = {hand_draw(person), options.ring_cancels, &options.many};
        std::vector<Leaf> leaves;
        std::vector<Back> backs;
        for (size_t k = i; k < end; k++) {
            Random random(options.seed, "page " + form + " " + std::to_string(sheets[k].page));
            leaves.push_back(fill_in(maker, sheets[k], who, random));
            backs.push_back(paper_back(leaves.back().paper));
        }
        for (size_t k = 0; k < leaves.size(); k++, in_batch++) {
            Back back = (k ^ 1) < backs.size() ? backs[k ^ 1] : Back();
            Scan scan = take_in(leaves[k], back, who, options.profile, scanner);
            fade(scan, leaves[k].answers);
            int number;
            std::string file = writer->add(scan.page, &number);
            write_truth(maker, *leaves[k].sheet, leaves[k].answers, who, file, number);
        }
        i = end;
    }
    if (writer)
        writer->close();
}

int main(int argc, char **argv)
{
    Options options = options_of(argc, argv);
    cv::setNumThreads(1);
    mallopt(M_MMAP_MAX, 0); /* pictures come and go: keep their memory */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mkdir(options.out, 0777);
    mkdir((std::string(options.out) + "/scans").c_str(), 0777);
    FILE *truth = fopen((std::string(options.out) + "/truth.csv").c_str(), "w");
    if (!truth) {
        fprintf(stderr, "unseen: %s cannot be written\n", options.out);
        return 1;
    }
    fputs("file,page,serial,form,question,value,ambiguous,mark,pen\n", truth);
    Maker maker = {options, blank_open(options.ballots), truth};
    run(maker, layout_read(options.layout));
    return fclose(truth) ? 1 : 0;
}
