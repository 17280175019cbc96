"""Trains the net that reads handwritten digits, on digits it makes up: combs are filled in, cut up by the program,
learned from. No real handwriting is learned from; some is judged.

digits.py train TOOL BIN FIGURES: TOOL is build/digit-features; writes the net to BIN and what was measured on ways of
writing held out to FIGURES (JSON).
digits.py card TOOL BIN FIGURES DIGITS_PNG CARD: judges the built TOOL with that net in it, on the 5,000 real digits of
OpenCV's examples (DIGITS_PNG) among others, and writes the card.
digits.py fonts: whether all fonts are there.
"""
import hashlib, json, os, struct, subprocess, sys, warnings
from concurrent.futures import ProcessPoolExecutor
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from sklearn.datasets import load_digits
from sklearn.isotonic import IsotonicRegression
from sklearn.neural_network import MLPClassifier

PX, MARGIN, CELL_W, CELL_H = 8, 12, 51.2, 60.8   # pixels, as src/text/text.h and src/print/choice.c have them
NONE, NODES, FOLDS, EPOCHS, PER_FOLD = 10, (112, 48), 4, 16, 24000
# Fonts of Debian after handwriting, and of print; each fold keeps every fourth out.
FONTS = ['/usr/share/fonts/' + f for f in (
    'truetype/breip/Breip.ttf', 'truetype/fifthhorseman/dkg.ttf', 'opentype/bwht/BecauseWeBuild-Regular.otf',
    'truetype/humor-sans/Humor-Sans.ttf', 'truetype/breip/breipfont.ttf', 'truetype/fifthhorseman/dkgIt.ttf',
    'opentype/bwht/BecauseWeConnect-Regular.otf', 'truetype/klee/KleeOne-Regular.ttf', 'truetype/kristi/Kristi.ttf',
    'opentype/bwht/BecauseWeCreate-Regular.otf', 'opentype/bwht/BecauseWeMentor-Regular.otf',
    'opentype/dancingscript/DancingScript-Regular.otf', 'opentype/bwht/BecauseWeLearn-Regular.otf',
    'opentype/bwht/BecauseWeOrganize-Regular.otf', 'opentype/kaushanscript/KaushanScript-Regular.otf',
    'truetype/ecolier-court/Ecolier-court.ttf', 'truetype/liberation2/LiberationSans-Regular.ttf',
    'truetype/liberation2/LiberationSerif-Italic.ttf', 'truetype/liberation2/LiberationMono-Regular.ttf',
    'truetype/liberation2/LiberationSans-Italic.ttf')]

# Digits as people here were taught them, and as they come to write them: points in a box 1 wide and 1 high; strokes
# apart by None. Each fold keeps every fourth way of a digit out.
STROKES = {
    0: [[(.5, 0), (.1, .3), (.1, .75), (.5, 1), (.9, .7), (.88, .25), (.5, 0)],
        [(.7, .05), (.2, .2), (.1, .8), (.5, 1), (.9, .6), (.75, .1), (.4, .05)],
        [(.6, 0), (.3, .2), (.2, .7), (.4, 1), (.7, .8), (.8, .3), (.6, 0)],
        [(.75, .12), (.4, 0), (.08, .4), (.25, .95), (.75, .95), (.92, .45), (.7, .08), (.45, .1), (.3, .2)]],
    1: [[(.2, .3), (.55, 0), (.55, 1)],
        [(.5, 0), (.48, 1)],
        [(.2, .3), (.55, 0), (.55, 1), None, (.25, 1), (.85, 1)],
        [(.05, .45), (.6, 0), (.55, 1)],
        [(.65, 0), (.4, 1)],
        [(.3, .22), (.6, 0), (.45, 1)],
        [(.35, .15), (.55, 0), (.52, 1), None, (.3, 1), (.75, .98)],
        [(.12, .5), (.6, .02), (.5, 1)]],
    2: [[(.12, .25), (.45, 0), (.85, .25), (.5, .6), (.1, 1), (.9, 1)],
        [(.1, .2), (.5, 0), (.8, .3), (.3, .85), (.15, .95), (.35, .8), (.6, 1), (.95, .92)],
        [(.1, .1), (.6, 0), (.85, .2), (.7, .5), (.1, .98), (.1, .98), (.95, .98)],
        [(.15, .3), (.3, .05), (.7, .05), (.8, .35), (.4, .75), (.08, .98), (.4, .9), (.92, 1)],
        [(.2, .12), (.6, .02), (.78, .3), (.45, .7), (.15, .9), (.2, 1), (.85, .9)]],
    3: [[(.1, .12), (.5, 0), (.85, .22), (.4, .47), (.9, .72), (.5, 1), (.08, .88)],
        [(.1, .03), (.85, .03), (.42, .42), (.9, .7), (.5, 1), (.05, .9)],
        [(.2, .15), (.55, 0), (.8, .2), (.5, .45), (.35, .5), (.6, .48), (.85, .75), (.5, 1), (.12, .82)],
        [(.08, .2), (.45, .02), (.8, .18), (.6, .42), (.3, .48), (.75, .55), (.8, .85), (.35, 1), (.05, .95)],
        [(.15, .05), (.7, .08), (.75, .25), (.35, .45), (.8, .6), (.85, .9), (.3, 1)]],
    4: [[(.55, 0), (.05, .65), (.95, .65), None, (.7, .35), (.7, 1)],
        [(.15, 0), (.1, .5), (.85, .48), None, (.8, .0), (.75, 1)],
        [(.75, 1), (.75, 0), (.05, .7), (.98, .7)],
        [(.3, .02), (.08, .55), (.9, .6), None, (.65, .3), (.55, 1)],
        [(.25, .0), (.2, .4), (.5, .5), (.8, .4), None, (.82, .05), (.8, .5), (.72, 1)],
        [(.45, .05), (.1, .7), (.9, .72), None, (.6, .1), (.62, 1)]],
    5: [[(.85, .03), (.25, .03), (.18, .45), (.6, .4), (.9, .7), (.5, 1), (.08, .88)],
        [(.25, .05), (.18, .45), (.6, .4), (.88, .7), (.5, 1), (.08, .9), None, (.25, .05), (.9, .0)],
        [(.8, .05), (.35, .05), (.2, .35), (.6, .48), (.75, .75), (.4, 1), (.1, .92)],
        [(.3, .08), (.25, .42), (.65, .4), (.8, .68), (.6, .95), (.15, .95), None, (.3, .08), (.95, .1)],
        [(.9, .0), (.3, .08), (.2, .48), (.5, .42), (.8, .55), (.75, .88), (.35, 1), (.05, .8)]],
    6: [[(.75, .02), (.3, .3), (.1, .7), (.45, 1), (.85, .75), (.5, .5), (.14, .7)],
        [(.55, 0), (.15, .5), (.12, .85), (.5, 1), (.8, .75), (.45, .55), (.15, .8)],
        [(.6, 0), (.25, .4), (.2, .85), (.45, 1), (.7, .82), (.55, .62), (.22, .75)],
        [(.9, .1), (.5, .08), (.12, .5), (.2, .92), (.65, 1), (.9, .7), (.6, .42), (.15, .6)],
        [(.4, 0), (.15, .4), (.1, .8), (.35, 1), (.75, .95), (.8, .65), (.45, .55), (.12, .72)]],
    7: [[(.08, .05), (.9, .05), (.4, 1)],
        [(.08, .05), (.9, .05), (.4, 1), None, (.25, .5), (.85, .5)],
        [(.1, .2), (.1, .03), (.9, .05), (.5, .5), (.4, 1)],
        [(.1, .08), (.5, .0), (.88, .08), (.6, .4), (.5, 1)],
        [(.1, .18), (.12, .04), (.88, .06), (.45, 1), None, (.3, .48), (.82, .45)],
        [(.15, .1), (.85, .02), (.7, .3), (.3, 1)]],
    8: [[(.55, .47), (.15, .25), (.5, 0), (.85, .25), (.3, .6), (.15, .85), (.5, 1), (.85, .8), (.5, .47)],
        [(.85, .1), (.5, 0), (.15, .2), (.8, .7), (.5, 1), (.15, .8), (.85, .15)],
        [(.5, 0), (.2, .22), (.5, .45), (.8, .22), (.5, 0), None, (.5, .45), (.12, .75), (.5, 1), (.88, .75), (.5, .45)],
        [(.8, .2), (.5, .02), (.2, .18), (.5, .45), (.85, .75), (.5, 1), (.15, .78), (.45, .48), (.8, .28)],
        [(.65, .05), (.3, .1), (.25, .3), (.7, .65), (.7, .95), (.3, .95), (.25, .7), (.6, .45), (.75, .15), (.6, .02)]],
    9: [[(.85, .25), (.5, 0), (.12, .25), (.45, .52), (.85, .25), (.8, .7), (.55, 1)],
        [(.85, .3), (.5, .02), (.12, .28), (.45, .5), (.85, .2), (.85, 1)],
        [(.85, .25), (.5, 0), (.12, .25), (.5, .5), (.85, .2), (.8, .8), (.45, 1), (.1, .9)],
        [(.75, .1), (.35, .05), (.2, .3), (.5, .42), (.78, .12), (.7, .6), (.65, 1)],
        [(.8, .15), (.45, .0), (.1, .2), (.25, .5), (.7, .45), (.85, .1), (.75, .55), (.3, 1)]],
}


def smooth(points, r, n=9):
    p = np.array(points) + r.normal(0, r.uniform(.015, .075), (len(points), 2))
    if len(p) < 3:
        return p
    q = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out, t = [], np.linspace(0, 1, n, endpoint=False)[:, None]
    for i in range(1, len(q) - 2):
        a, b, c, d = q[i - 1:i + 3]
        k = 1 if r.random() < .85 else 0  # some hands make corners
        m0, m1 = k * (c - a) / 2, k * (d - b) / 2
        out.append((2 * t**3 - 3 * t**2 + 1) * b + (t**3 - 2 * t**2 + t) * m0 + (-2 * t**3 + 3 * t**2) * c + (t**3 - t**2) * m1)
    return np.vstack(out + [p[-1:]])


def drawn(way, r):
    """Ink 0..1 of a digit in strokes, as a 40 × 40 picture."""
    img = Image.new('L', (160, 160))
    draw, width = ImageDraw.Draw(img), int(r.integers(7, 22))
    strokes, now = [], []
    for p in way + [None]:
        if p is None:
            strokes, now = strokes + [now], []
        else:
            now.append(p)
    for points in strokes:
        line = smooth(points, r) * [95, 115] + [32, 22]
        draw.line([tuple(p) for p in line], fill=255, width=width, joint='curve')
    return np.asarray(img.resize((40, 40), Image.BOX), float) / 255


def printed(text, font):
    img = Image.new('L', (80, 80))
    font = ImageFont.truetype(FONTS[font], 60)
    ImageDraw.Draw(img).text((40, 40), text, font=font, fill=255, anchor='mm')
    return np.asarray(img.resize((40, 40), Image.BOX), float) / 255


def bent(img, r):
    """The picture with its parts moved against each other, as no two hands write alike."""
    w, h = img.size
    grid = np.stack(np.meshgrid(np.linspace(0, w, 4), np.linspace(0, h, 4)), -1)
    at = grid.copy()
    at[1:-1, 1:-1] += r.normal(0, r.uniform(0, .09) * w, (2, 2, 2))
    mesh = []
    for j in range(3):
        for i in range(3):
            box = tuple(int(round(v)) for v in (*grid[j, i], *grid[j + 1, i + 1]))
            mesh.append((box, (*at[j, i], *at[j + 1, i], *at[j + 1, i + 1], *at[j, i + 1])))
    return img.transform(img.size, Image.MESH, mesh, Image.BILINEAR)


def warped(ink, r, height, bend=True):
    """The ink turned, sheared and scaled to about that height in pixels; a square picture of 64."""
    ys, xs = np.nonzero(ink > .2)
    if len(ys) == 0:
        return np.zeros((64, 64))
    cy, cx, h = (ys.min() + ys.max()) / 2, (xs.min() + xs.max()) / 2, ys.max() - ys.min() + 1
    s, a, shear, wide = h / height, r.normal(0, .09), r.normal(0, .16), np.exp(r.normal(0, .13))
    s = max(s, (xs.max() - xs.min() + 1) * wide / 50)
    m = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ np.array([[1 / wide, shear], [0, 1]]) * s
    off = np.array([cx, cy]) - m @ [32, 32]
    img = Image.fromarray((ink * 255).astype('uint8'))
    img = (bent(img, r) if bend else img).transform((64, 64), Image.AFFINE, (m[0, 0], m[0, 1], off[0], m[1, 0], m[1, 1], off[1]), Image.BICUBIC)
    if s < .8:
        img = img.filter(ImageFilter.GaussianBlur(.5 / s * .6))
    at, steep = r.uniform(.28, .58), r.uniform(5, 16)  # thick and thin pens
    return 1 / (1 + np.exp(-(np.asarray(img, float) / 255 - at) * steep)) * (np.asarray(img) > 8)


def scribble(r):
    img = Image.new('L', (64, 64))
    p = np.cumsum(r.normal(0, 14, (int(r.integers(4, 14)), 2)), 0)
    p = (p - p.min(0)) / (np.ptp(p, 0) + 1) * [44, 48] + 8
    ImageDraw.Draw(img).line([tuple(q) for q in smooth(p / 50, r) * 50], fill=255, width=int(r.integers(2, 5)))
    return np.asarray(img, float) / 255


def no_digit(r, one):
    """What is written where a digit should be, and is none."""
    kind = r.integers(5)
    if kind == 0:
        return scribble(r)
    if kind == 1:
        return warped(printed('ACDEFHJKMNPRTUVWXYadefhkmnprtuvwxy?+%&#'[r.integers(39)], r.integers(len(FONTS))), r, r.uniform(26, 46))
    if kind == 2:  # struck out
        return np.maximum(one(), np.maximum(scribble(r), scribble(r)) if r.random() < .6 else np.roll(scribble(r), 3, 0))
    if kind == 3:  # two in one cell
        a, b = one(), one()
        return np.maximum(np.roll(a, -int(r.integers(9, 15)), 1), np.roll(b, int(r.integers(9, 15)), 1))
    a = one()  # a part
    cut = r.uniform(.4, .6)
    ys, xs = np.nonzero(a > .2)
    if len(ys):
        a[int(ys.min() + cut * np.ptp(ys)):] = 0
    return a


def comb(inks, r):
    """A scanned comb with that ink (or None) in its cells, as the program samples it."""
    n = len(inks)
    w, h = int(round(n * CELL_W)) + 2 * MARGIN, int(round(CELL_H)) + 2 * MARGIN
    light = np.ones((h, w))
    x0, y0 = MARGIN + np.clip(r.normal(0, 2, 2), -6, 6)
    line, strength = r.uniform(1.4, 2.6), r.uniform(.5, 1)
    xs, ys = np.arange(w) + .5, np.arange(h) + .5
    cover = lambda at, places: np.clip(line / 2 + .5 - np.abs(places - at), 0, 1)
    for i in range(n + 1):
        light *= 1 - strength * np.outer((ys > y0) & (ys < y0 + CELL_H), cover(x0 + i * CELL_W, xs))
    for y in (y0, y0 + CELL_H):
        light *= 1 - strength * np.outer(cover(y, ys), (xs > x0) & (xs < x0 + n * CELL_W))
    density, side = r.uniform(.35, 1), r.normal(0, 2.5)
    for i, ink in enumerate(inks):
        if ink is None:
            continue
        x = int(x0 + (i + .5) * CELL_W - 32 + side + r.normal(0, 2.5))
        y = int(y0 + CELL_H / 2 - 32 + r.normal(0, 3))
        ax, ay, bx, by = max(x, 0), max(y, 0), min(x + 64, w), min(y + 64, h)
        light[ay:by, ax:bx] *= 1 - density * ink[ay - y:by - y, ax - x:bx - x]
    if r.random() < .06:  # dirt
        for _ in range(int(r.integers(1, 6))):
            y, x = int(r.integers(h - 3)), int(r.integers(w - 3))
            light[y:y + int(r.integers(1, 4)), x:x + int(r.integers(1, 4))] *= .4
    img = Image.fromarray((np.clip(light, 0, 1) * 255).astype('uint8')).filter(ImageFilter.GaussianBlur(r.uniform(.2, 1)))
    black, white = r.uniform(0, 60), r.uniform(205, 255)
    out = black + np.asarray(img, float) / 255 * (white - black) + r.normal(0, r.uniform(.5, 9), (h, w))
    if r.random() < .2:
        out = np.where(out < white * r.uniform(.55, .75), 0, 255)
    return np.clip(out, 0, 255).astype('uint8')


def picture_bytes(p, n):
    return struct.pack('<3H', p.shape[1], p.shape[0], n) + p.tobytes()


def cut(tool, pictures, cells):
    """Features of every cell of the pictures; rows of NAN where nothing was seen."""
    out = subprocess.run([tool, 'cut'], input=b''.join(picture_bytes(p, n) for p, n in zip(pictures, cells)), stdout=subprocess.PIPE, check=True).stdout
    rows = np.frombuffer(out, '<f4').reshape(sum(cells), -1)
    return np.where(rows[:, :1] > 0, rows[:, 1:], np.nan)


def filled(tool, sources, labels, count, seed, none_share=0., cells=None, bend=True):
    """Combs with digits of `sources` (functions of a random generator and an index); their features and labels."""
    r = np.random.default_rng(seed)
    pictures, sizes, truth, origin = [], [], [], []
    order = r.permutation(len(labels))
    at = 0
    while at < count:
        n = cells or int(r.integers(1, 5))
        inks, height = [], r.uniform(24, 50)
        for _ in range(n):
            i = int(order[at % len(order)])
            at += 1
            one = lambda k=i: warped(sources(k, r), r, height * np.exp(r.normal(0, .06)), bend)
            if r.random() < none_share:
                inks.append(no_digit(r, lambda: one(int(r.integers(len(labels))))))
                truth.append(NONE)
            else:
                inks.append(one())
                truth.append(labels[i])
            origin.append(i)
        pictures.append(comb(inks, r))
        sizes.append(n)
    return cut(tool, pictures, sizes), np.array(truth), np.array(origin), pictures, sizes


def simulated(tool, seed, count):
    out = subprocess.run([tool, 'draw', str(seed), str(count)], stdout=subprocess.PIPE, check=True).stdout
    pictures, sizes, truth, at = [], [], [], 0
    while at < len(out):
        w, h, n = struct.unpack_from('<3H', out, at)
        pictures.append(np.frombuffer(out, 'u1', w * h, at + 6).reshape(h, w))
        says = out[at + 6 + w * h:at + 18 + w * h]
        truth += [int(c) for c in says.decode().strip()]
        sizes.append(n)
        at += 18 + w * h
    return cut(tool, pictures, sizes), np.array(truth), pictures, sizes


class Net:
    def __init__(self, x, y, seed):
        self.mean = x.mean(0)
        self.scale = 1 / np.maximum(x.std(0), 1e-3)
        self.mlp = MLPClassifier(NODES, alpha=3e-4, batch_size=256, max_iter=EPOCHS, random_state=seed, learning_rate_init=1.5e-3)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            self.mlp.fit(self.scaled(x), y)

    def scaled(self, x):
        return np.clip((x - self.mean) * self.scale, -8, 8)

    def judge(self, x):
        """The likeliest kind and, of the likeliest digit, how sure."""
        p = self.mlp.predict_proba(self.scaled(x))
        best = p[:, :NONE].max(1)
        return p.argmax(1), np.log(np.maximum(best, 1e-9) / np.maximum(1 - best, 1e-9))

    def bytes(self, knots):
        out = b'PDG1' + struct.pack('<5I', len(self.mean), *NODES, NONE + 1, len(knots))
        numbers = [self.mean, self.scale]
        for w, b in zip(self.mlp.coefs_, self.mlp.intercepts_):
            numbers += [w.T.ravel(), b]
        return out + np.concatenate(numbers).astype('<f4').tobytes() + np.array(knots, '<f4').tobytes()


def curve(sure, wrong):
    """Knots from how sure to the odds of error: errors seen, rising nowhere, never below what so many digits can show."""
    order = np.argsort(sure)
    fit = IsotonicRegression(increasing=False).fit(sure, wrong)
    knots, groups = [], np.array_split(order, 24)
    for g in groups:
        e = (max(fit.predict(sure[g]).mean() * len(g), wrong[g].sum()) + 1) / (len(g) + 2)
        knots.append([sure[g].mean(), e])
    for i in range(1, len(knots)):
        knots[i][1] = min(knots[i][1], knots[i - 1][1])
    return [(s, np.log(e / (1 - e))) for s, e in knots]


def stated(knots, sure):
    s, o = zip(*knots)
    return 1 / (1 + np.exp(-np.interp(sure, s, o)))


def read(tool, pictures, sizes):
    out = subprocess.run([tool, 'read'], input=b''.join(picture_bytes(p, n) for p, n in zip(pictures, sizes)), stdout=subprocess.PIPE, check=True).stdout
    rows = [l.split() for l in out.decode().splitlines()]
    return [a for a, _ in rows], np.array([float(b) for _, b in rows])


def table(rows, head):
    return '\n'.join(['| ' + ' | '.join(head) + ' |', '|' + ' --: |' * len(head)] + ['| ' + ' | '.join(map(str, r)) + ' |' for r in rows])


def read_sheet(path):
    """Real digits that were never learned from, as ink 0..1, 40 × 40 each, and their labels."""
    sheet = Image.open(path).convert('L')
    if sheet.size != (2000, 1000):
        sys.exit(f'{path}: not the sheet of 5,000 digits of OpenCV\'s examples')
    inks = [np.asarray(sheet.crop((x, y, x + 20, y + 20)).resize((40, 40), Image.BICUBIC), float) / 255
            for y in range(0, 1000, 20) for x in range(0, 2000, 20)]
    return inks, np.arange(5000) // 500


def judge_digits():
    """Digits of other writers, never learned from: 8 × 8 pixels each."""
    data = load_digits()
    return [np.asarray(Image.fromarray((i / 16 * 255).astype('uint8')).resize((40, 40), Image.BICUBIC), float) / 255 for i in data.images], data.target


def made_up(tool, fold, count, seed):
    """Digits in the ways of writing of one fold: features, labels, and how many cells each comb has."""
    labels = np.arange(count) % 10
    fonts = range(fold, len(FONTS), FOLDS)

    def one(i, r):
        ways = STROKES[labels[i]][fold::FOLDS]
        if r.random() < .65:
            return drawn(ways[r.integers(len(ways))], r)
        return printed(str(labels[i]), fonts[r.integers(len(fonts))])
    x, y, _, _, sizes = filled(tool, one, labels, count, seed, .12)
    if fold == FOLDS - 1:  # the simulator's people are one more way of writing
        sx, sy, _, ssizes = simulated(tool, seed, 3000)
        x, y, sizes = np.vstack([x, sx]), np.concatenate([y, sy]), sizes + ssizes
    return x, y, sizes


def fit(job):
    parts, seed = job
    x, y = np.vstack([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    seen = ~np.isnan(x[:, 0])
    return Net(x[seen], y[seen], seed)


def bins(stated, wrong, edges):
    rows = []
    for a, b in zip(edges, edges[1:]):
        k = (stated > a) & (stated <= b)
        if k.any():
            rows.append([f'{a:g} to {b:g}', f'{k.sum():,}', f'{stated[k].sum():.1f}', int(wrong[k].sum())])
    return rows


def train(tool, bin_path, figures_path):
    with ProcessPoolExecutor(2) as pool:
        folds = list(pool.map(made_up, [tool] * FOLDS, range(FOLDS), [PER_FOLD] * FOLDS, range(11, 11 + FOLDS)))
        jobs = [([p for g, p in enumerate(folds) if g != f], f) for f in range(FOLDS)] + [(folds, 9)]
        *judges, net = pool.map(fit, jobs)
    sure, wrong, numbers = [], [], []
    kinds = dict(digits=0, wrong=0, none=0, none_taken=0, rejected=0)
    for judge, (x, y, sizes) in zip(judges, folds):
        seen = ~np.isnan(x[:, 0])
        kind, s = judge.judge(np.nan_to_num(x))
        said = seen & (kind != NONE)
        sure.append(s[said])
        wrong.append((kind != y)[said])
        kinds['digits'] += int((y != NONE).sum())
        kinds['wrong'] += int((said & (kind != y) & (y != NONE)).sum())
        kinds['rejected'] += int((~said & (y != NONE)).sum())
        kinds['none'] += int((y == NONE).sum())
        kinds['none_taken'] += int((said & (y == NONE)).sum())
        at = 0
        for n in sizes:
            if n > 1 and said[at:at + n].all():
                numbers.append((s[at:at + n], (kind != y)[at:at + n].any()))
            at += n
    sure, wrong = np.concatenate(sure), np.concatenate(wrong).astype(float)
    knots = curve(sure, wrong)
    open(bin_path, 'wb').write(net.bytes(knots))
    rows = bins(stated(knots, sure), wrong, [0, .001, .003, .01, .03, .1, .3, 1])
    whole = bins(np.array([1 - (1 - stated(knots, s)).prod() for s, _ in numbers]), np.array([w for _, w in numbers]), [0, .01, .03, .1, .3, 1])
    json.dump(dict(kinds=kinds, rows=rows, whole=whole, least=float(stated(knots, sure).min())), open(figures_path, 'w'))
    print(kinds)
    print(table(rows, ['stated', 'digits', 'errors stated', 'seen']))


def judged(name, pictures, sizes, truth, tool):
    texts, err = read(tool, pictures, sizes)
    want, at = [], 0
    for n in sizes:
        want.append(''.join(str(k) for k in truth[at:at + n]))
        at += n
    drafts = err < 1
    bad = np.array([t != w for t, w in zip(texts, want)])
    row = [name, f'{len(want):,}', f'{sum(sizes):,}', f'{(~drafts).mean() * 100:.1f} %', f'{err[drafts].sum():.1f}', int(bad[drafts].sum()),
            f'{err[drafts].min():.4f}', f'{bad[drafts][err[drafts] < .02].sum()} of {(err[drafts] < .02).sum():,}']
    return row, texts, err, bad


def card(tool, bin_path, figures_path, png, card_path):
    g = json.load(open(figures_path))
    k = g['kinds']
    sheet, coarse = read_sheet(png), judge_digits()
    fill = lambda of, count, seed, cells: filled(tool, lambda i, r: of[0][i], of[1], count, seed, 0, cells, False)
    rows, real = [], None
    for name, of, count, seed in (('real digits (OpenCV)', sheet, 5000, 900001), ('real digits, 8 × 8 pixels (scikit-learn)', coarse, 1796, 900002)):
        for cells, words in ((1, 'single'), (4, 'numbers of four')):
            _, truth, _, pictures, sizes = fill(of, count * cells, seed + 10 * cells, cells)
            row, texts, err, bad = judged(f'{name}, {words}', pictures, sizes, truth, tool)
            rows.append(row)
            if real is None:
                said = err < 1
                real = bins(err[said], bad[said], [0, .003, .01, .03, .1, .3, 1])
    _, struth, spictures, ssizes = simulated(tool, 900003, 2000)
    rows.append(judged('simulated hands, one to four digits', spictures, ssizes, struth, tool)[0])
    digest = hashlib.sha256(open(bin_path, 'rb').read()).hexdigest()
    text = open(sys.path[0] + '/digits-card.md').read()
    values = dict(id='digits-' + digest[:8], hash=digest, nodes='%d and %d' % NODES, folds=FOLDS, digits=f"{k['digits']:,}",
                  wrong=f"{k['wrong']:,} ({k['wrong'] / k['digits'] * 100:.2f} %)", rejected=f"{k['rejected']:,} ({k['rejected'] / k['digits'] * 100:.2f} %)",
                  none=f"{k['none']:,}", none_taken=f"{k['none_taken']:,} ({k['none_taken'] / k['none'] * 100:.1f} %)", least=f"{g['least']:.4f}",
                  curve=table(g['rows'], ['stated chance of error', 'digits', 'errors stated', 'errors seen']),
                  whole=table(g['whole'], ['stated chance of error', 'numbers', 'errors stated', 'errors seen']),
                  real=table(real, ['stated chance of error', 'digits', 'errors stated', 'errors seen']),
                  judged=table(rows, ['set', 'numbers', 'digits', 'not read', 'errors stated', 'errors seen', 'least stated', 'wrong where less than 0.02 is stated']))
    for name, value in values.items():
        text = text.replace('{' + name + '}', str(value))
    open(card_path, 'w').write(text)


def fonts():
    """Ends with the fonts that are missing."""
    sys.exit(' '.join(f for f in FONTS if not os.path.exists(f)) or 0)


if __name__ == '__main__':
    dict(train=train, card=card, fonts=fonts)[sys.argv[1]](*sys.argv[2:])
