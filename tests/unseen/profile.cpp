/* The distributions of the four profiles. A line says where a figure comes from; "judged" where it is a
 * judgement. */
#include <algorithm>
#include <cstring>

#include "unseen/profile.h"

constexpr double DEG = 3.14159265358979 / 180;

const char *profile_name(Profile profile)
{
    static const char *const names[PROFILES] = {"office", "1bit", "copied", "hard"};
    return names[profile];
}

bool profile_of(const char *name, Profile *profile)
{
    for (int i = 0; i < PROFILES; i++)
        if (!strcmp(name, profile_name(Profile(i)))) {
            *profile = Profile(i);
            return true;
        }
    return false;
}

Print print_draw(Profile profile, Random &random)
{
    bool hard = profile == HARD;
    Print print = {};
    /* toner is ground to grains of 6 to 9 µm, thrown some of them far about an edge (blurriness of ISO/IEC
     * 24790): 20 to 50 µm, judged */
    print.spread = random.uniform(0.02, 0.05);
    print.gain = random.normal(0.03, 0.04);
    print.edge = random.uniform(0.05, 0.18); /* raggedness of ISO/IEC 24790; judged */
    print.voids = hard ? random.uniform(2, 3.5) : random.uniform(2.6, 4); /* ISO/IEC 24790 voids; judged */
    print.scatter = random.around(0.0008, 0.8); /* extraneous marks, the same; judged */
    print.density =
        random.uniform(1.15, 1.5); /* solid black toner on a reflection densitometer: about 1.2 to 1.5 */
    /* an emptying cartridge leaves a strip along the feed, judged: one sheet in 12, one in 4 in hard */
    print.band_at = random.uniform(15, 195), print.band_width = random.uniform(6, 30);
    bool weak = random.chance(hard ? 0.25 : 0.08);
    print.band_weak = weak ? random.uniform(0.15, hard ? 0.75 : 0.5) : 0;
    return print;
}

Wear wear_draw(Profile profile, Random &random)
{
    bool hard = profile == HARD;
    Wear wear = {};
    /* copying paper: ISO 2470 brightness 80 to 100 % with brightener, reflectance 0.80 to 0.88; recycled 0.68
     * to 0.78 */
    bool recycled = random.chance(hard ? 0.3 : 0.1);
    double white = recycled ? random.uniform(0.68, 0.78) : random.uniform(0.80, 0.88);
    double yellow = recycled ? random.uniform(0.03, 0.09) : random.normal(0, 0.01);
    wear.white[0] = white, wear.white[1] = white - yellow * 0.2, wear.white[2] = white - yellow;
    /* looked through, a sheet is uneven by some per cent; judged for light thrown back */
    wear.formation = random.uniform(0.004, 0.012);
    /* ISO 2471 opacity of 70 to 80 g/m²: 88 to 94 %; the black back takes away the rest, blurred */
    wear.show = hard ? random.uniform(0.03, 0.14) : random.uniform(0.01, 0.07);
    /* judged: posted in an envelope or not, stapled or not, thumbed */
    wear.creases = random.chance(hard ? 0.35 : 0.08) ? 1 + random.below(2) : 0;
    wear.smudges = random.chance(hard ? 0.35 : 0.1) ? 1 + random.below(3) : 0;
    wear.staple = random.chance(hard ? 0.2 : 0.1);
    return wear;
}

Feed feed_draw(Profile profile, Random &random)
{
    bool hard = profile == HARD;
    Feed feed = {};
    /* judged: a guide leaves a sheet some millimetres over its length, that is 1 to 1.5°; hard: carelessly */
    double most = hard ? 4 : 1.5;
    feed.skew = std::clamp(random.normal(0, most / 2.2), -most, most) * DEG;
    feed.shift[0] = random.normal(0, hard ? 1.5 : 0.8), feed.shift[1] = random.normal(0, hard ? 2 : 1);
    /* worn or swollen rollers: some parts in a thousand, judged; "fit to page" when printing gives 94 to
     * 98 %; over 100 % is a copier's setting */
    feed.scale = random.normal(1, 0.0012);
    if (hard && random.chance(0.4))
        feed.scale = random.chance(0.75) ? random.uniform(0.94, 0.985) : random.uniform(1.005, 1.03);
    /* a sheet that lifts z from the glass moves by x·z/D at x from the middle, D the lens's 250 to 300 mm:
     * 0.25 mm at the edge is a lift of 0.65 mm, 1.2 mm one of 3 mm */
    feed.bend = hard ? (random.chance(0.8) ? random.uniform(-0.4, 0.4)
                                           : random.uniform(0.4, 1.2) * (random.chance(0.5) ? 1 : -1))
                     : std::clamp(random.normal(0, 0.11), -0.25, 0.25);
    feed.bend_turn = random.chance(0.7) ? random.normal(90, 8) * DEG : random.uniform(0, 180) * DEG;
    feed.bend_wave = random.uniform(220, 600), feed.bend_at = random.uniform(0, 300);
    /* speed along the feed drifts by some tenths of a millimetre over a sheet, and a roller slips; judged */
    feed.speed = random.normal(0, hard ? 0.25 : 0.1);
    feed.slip = random.chance(hard ? 0.25 : 0.05) ? random.normal(0, hard ? 0.35 : 0.2) : 0;
    feed.slip_at = random.uniform(40, 260);
    /* feed rollers of 15 and 30 mm: a turn is 47 and 94 mm; off centre by some hundredths of a millimetre,
     * judged */
    for (int i = 0; i < 2; i++) {
        feed.roller[i] = std::fabs(random.normal(0, hard ? 0.05 : 0.025));
        feed.roller_mm[i] = 3.1416 * (i ? 30 : 15) * random.around(1, 0.1);
        feed.phase[i] = random.uniform(0, 6.283);
    }
    return feed;
}

/* Lens and sensor alike in all profiles; settings differ. */
static void optics(Scanner &scanner, bool hard, Random &random)
{
    /* the transfer (SFR of ISO 16067-1) at 2.5 lines a mm is exp(−2 (π·2.5·blur)²): 0.78 at 0.045 mm, 0.50 at
     * 0.075, 0.29 at 0.1; which machines have which is judged */
    scanner.blur = random.uniform(0.045, hard ? 0.1 : 0.075);
    /* sharpening is on by default in many machines; amount judged */
    scanner.sharpen = random.chance(0.5) ? random.uniform(0.2, 1) : 0;
    /* a signal 41 to 50 dB over the noise is 0.3 to 0.9 % of white; old machines to 2 %; judged */
    scanner.noise = hard ? random.uniform(0.006, 0.02) : random.uniform(0.003, 0.009);
    scanner.gain = random.uniform(0.001, hard ? 0.008 : 0.004); /* what shading correction leaves; judged */
    scanner.lamp = random.uniform(0, hard ? 0.1 : 0.03); /* fall-off to the sides after correction; judged */
    scanner.lamp_side = random.normal(0, 0.3);
    /* three lines of a CCD put together, to a third of a pixel of 600 dpi; judged */
    for (double &apart : scanner.colours_apart)
        apart = random.normal(0, 0.015);
    /* dust on the feeder's glass; judged */
    scanner.streaks = random.chance(hard ? 0.2 : 0.05) ? 1 + random.below(2) : 0;
}

static void tone(Scanner &scanner, bool hard, Random &random)
{
    scanner.gamma = random.uniform(1.6, 2.2); /* between the old Macintosh's and sRGB */
    scanner.auto_white = random.chance(0.6);
    /* auto background: white just below the paper; else a fixed white of 0.88 to 1 */
    scanner.white = scanner.auto_white ? random.uniform(0.9, 1.02) : random.uniform(0.88, 1);
    scanner.black = random.uniform(0, hard ? 0.01 : 0.02);
    /* behind the sheet it is white, or black */
    scanner.backing = random.chance(0.85) ? random.uniform(0.75, 0.9) : random.uniform(0.03, 0.1);
    /* contact sensors with one lamp read green, others weigh as ITU-R BT.601 */
    bool green = random.chance(0.4);
    const double weigh[3] = {0.299, 0.587, 0.114};
    for (int c = 0; c < 3; c++)
        scanner.weights[c] = green ? c == 1 : weigh[c];
}

Scanner scanner_draw(Profile profile, Random &random)
{
    bool hard = profile == HARD, bits = profile == ONE_BIT;
    Scanner scanner = {};
    optics(scanner, hard, random);
    tone(scanner, hard, random);
    /* what offices choose, judged: 200 dpi mostly; quality 60 to 90 of libjpeg, hard down to 30 */
    scanner.dpi = hard ? (const double[]){150, 200, 300}[random.pick({0.25, 0.5, 0.25})]
                       : (const double[]){200, 240, 300}[random.pick({0.6, 0.1, 0.3})];
    scanner.colour = !bits && random.chance(0.35);
    scanner.quality = hard ? 30 + random.below(60) : 60 + random.below(31);
    scanner.format = bits                 ? (random.chance(0.6) ? G4_PDF : G4_TIFF)
                     : random.chance(0.8) ? JPEG_PDF
                                          : JPEG_FILES;
    /* fixed and adaptive thresholds are the makers' two usual settings, diffusion the "photo" one; Sauvola's
     * k is 0.2 to 0.5 over windows of some millimetres (Sauvola and Pietikäinen 2000) */
    scanner.threshold = Threshold(random.pick({0.5, 0.38, 0.12}));
    scanner.level = scanner.threshold == ADAPTIVE ? random.uniform(0.15, 0.4) : random.normal(0.55, 0.08);
    scanner.window = random.uniform(2, 6);
    scanner.despeckle = random.chance(0.3);
    return scanner;
}

int copies_draw(Profile profile, Random &random)
{
    return profile == COPIED ? 1 + random.below(2) : 0;
}
