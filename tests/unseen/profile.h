/* What a sheet goes through, drawn from the distributions of a profile. */
#ifndef UNSEEN_PROFILE_H
#define UNSEEN_PROFILE_H

#include <opencv2/core.hpp>

#include "unseen/paper.h"

struct Print {      /* a laser printer */
    double spread;  /* mm: dot gain and toner thrown about the edge, as a blur */
    double gain;    /* share by which edges move out */
    double edge;    /* roughness of edges */
    double voids;   /* standard deviations from which on toner is missing: high is few */
    double scatter; /* share of grains lying about near print */
    double density;
    double band_at, band_width, band_weak; /* mm, mm, share: a strip where the drum gives little */
};

struct Wear {         /* paper and its days before the scanner */
    double white[3];  /* reflectance in red, green, blue */
    double formation; /* unevenness of the sheet */
    double show;      /* how much of the back shows through */
    int creases, smudges;
    bool staple;
};

struct Feed {                                   /* one sheet on its way past the sensor */
    double skew, shift[2];                      /* rad, mm */
    double scale;                               /* printed size over true size */
    double bend, bend_turn, bend_wave, bend_at; /* mm at the edge, rad, mm, mm: a cylinder */
    double speed, slip, slip_at;                /* mm, mm, mm */
    double roller[2], roller_mm[2], phase[2];   /* eccentric rollers: mm, mm, rad */
};

enum Format { JPEG_PDF, JPEG_FILES, G4_TIFF, G4_PDF };
enum Threshold { GLOBAL, ADAPTIVE, DIFFUSED };

struct Scanner { /* one machine with its settings: the same for a batch */
    double dpi;
    bool colour;
    int quality; /* of JPEG */
    Format format;
    double weights[3]; /* what grey is made of */
    double gamma, white, black;
    bool auto_white;
    double blur, sharpen; /* mm, amount */
    double noise, gain;   /* of full scale; of one element against the next */
    double lamp, lamp_side;
    double backing;          /* reflectance behind the sheet */
    double colours_apart[3]; /* mm along the feed */
    int streaks;
    Threshold threshold;
    double level, window; /* of the threshold; mm */
    bool despeckle;
};

enum Profile { OFFICE, ONE_BIT, COPIED, HARD, PROFILES };

const char *profile_name(Profile profile);
bool profile_of(const char *name, Profile *profile);
Print print_draw(Profile profile, Random &random);
Wear wear_draw(Profile profile, Random &random);
Feed feed_draw(Profile profile, Random &random);
Scanner scanner_draw(Profile profile, Random &random);
int copies_draw(Profile profile, Random &random);

#endif
