"""Trains the mark model on simulated ballots that were read, and writes models/marks.bin and its card.

marks.py FEATURES-PROGRAM SETS OUT: SETS holds NAME.db (a workspace's database), NAME.truth.csv and NAME.boxes.csv of
the simulator, NAME.done (how it was made). scripts/train-marks makes them and calls this.
"""
import csv
import glob
import hashlib
import os
import sqlite3
import struct
import subprocess
import sys
from multiprocessing import Pool

os.environ['OMP_NUM_THREADS'] = '1'  # folds run side by side instead

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

FOLDS = 4
SETTINGS = dict(max_iter=400, learning_rate=0.06, max_leaf_nodes=24, min_samples_leaf=20, l2_regularization=1,
                early_stopping=False, random_state=1)
COUNTS = [45, 46, 53]  # features that count boxes and questions: more of them is nothing unknown
BLANK, MARKED, CANCELLED, DOUBTFUL = range(4)
NOBODY = -1  # could tell from this box: a person is asked whatever the model says
MARKS_TARGET = 1e-5  # the target error that surveys have unless they say otherwise


def features_of(program, pages):
    """Features and the rules' states by the program's own code. pages: lists of (question number, many, measures)."""
    data = bytearray()
    for page in pages:
        data += struct.pack('<I', len(page))
        for question, many, blob in page:
            data += struct.pack('<II', question, many) + blob
    out = subprocess.run([program], input=bytes(data), stdout=subprocess.PIPE, check=True).stdout
    rows = np.frombuffer(out, '<f4').reshape(sum(len(page) for page in pages), -1)
    return rows[:, :-1].copy(), rows[:, -1].astype(np.int8)


class Set:
    """One set: features twice (questions as they are; every box by itself), labels, questions, what the rules say."""

    def __init__(self, program, folder, name, measures):
        self.name = name
        path = os.path.join(folder, name)
        truth, place, foreign = {}, {}, name.startswith('f')
        for row in csv.DictReader(open(path + '.truth.csv', encoding='utf-8')):
            truth[row['serial'], row['question']] = row
            place[row['file'], row['page']] = row['serial']
        ink = {(r['serial'], r['question'], r['option']): r['ink'] for r in csv.DictReader(open(path + '.boxes.csv', encoding='utf-8'))}
        pages, last, self.live, self.between = [], None, [], []
        self.question, self.kind, self.unclear, numbers, known = [], [], [], {}, {}
        rows = sqlite3.connect(path + '.db').execute(
            'SELECT page.serial, mark.question, mark.option, mark.measures, page.id, file.name, page.idx + 1 '
            'FROM mark JOIN page ON page.id = mark.page JOIN file ON file.id = page.file ORDER BY page.id, mark.n')
        for serial, question, option, blob, page_id, file, index in rows:
            serial = place.get((file, str(index)), '') if foreign else serial
            seen = ink.get((serial, question, option))
            if seen is None:
                continue
            if len(blob) != 4 * measures:
                sys.exit(f'{name}: measured by another version')
            if page_id != last:
                pages.append([])
                numbers, last = {}, page_id
            number = numbers.setdefault(question, len(numbers))
            pages[-1].append((number, 0, blob))
            key = (page_id, question)
            if key not in known:
                known[key] = len(known)
                row = truth.get((serial, question))
                self.kind.append(row['kind'] if row else 'other')
                self.unclear.append(bool(row) and row['ambiguous'] == '1')
            self.question.append(known[key])
            self.live.append(seen == 'marked')
            self.between.append(seen == 'between')
        self.live, self.between = np.array(self.live, bool), np.array(self.between, bool)
        self.question, self.kind, self.unclear = np.array(self.question, int), np.array(self.kind), np.array(self.unclear, bool)
        if pages:
            self.x, self.state = features_of(program, pages)
            self.alone, _ = features_of(program, [[(q, 1, blob) for q, _, blob in page] for page in pages])


def train(sets, seed):
    """Trees over the sets; two in five questions are seen box by box, as those that take several marks are. Where
    nobody can know, both labels count."""
    random = np.random.default_rng(seed)
    xs, ys, weights = [], [], []
    for one in sets:
        alone = (random.random(len(one.kind)) < 0.4)[one.question] if len(one.kind) else np.zeros(0, bool)
        x = np.where(alone[:, None], one.alone, one.x)
        xs += [x, x[one.between]]
        ys += [one.live, ~one.live[one.between]]
    return HistGradientBoostingClassifier(**SETTINGS).fit(np.vstack(xs), np.concatenate(ys))


SETS = []  # as the processes that train find them


def train_without(job):
    folds, fold = job
    model = train([s for s in SETS if folds[s.name] != fold], fold)
    print(f'trained {fold + 1} of {FOLDS + 1}', flush=True)
    return model


def odds_of(model, x):
    return model._raw_predict(x)[:, 0] if x.shape[0] else np.zeros(0)


def fit_curve(strength, wrong):
    """Knots (strength, logarithm of the odds of error), falling: boxes in order of strength, in bins of ten errors and
    at least 200 boxes, their rates with half an error added, made monotone by pooling neighbours. Flat beyond the ends:
    no chance of error is stated that so many boxes could not show."""
    order = np.argsort(strength)
    s, w = strength[order], wrong[order].astype(float)
    errors, cuts, start = np.cumsum(w), [], 0
    for i in range(len(s)):
        seen = errors[i] - (errors[start - 1] if start else 0)
        if seen >= 10 and i - start >= 200:
            cuts.append((start, i + 1))
            start = i + 1
    cuts.append((start, len(s)))
    bins = [[s[i:j].mean(), w[i:j].sum() + 0.5, j - i + 1.0] for i, j in cuts if j > i]
    pooled = []
    for bin_ in bins:
        pooled.append(bin_)
        while len(pooled) > 1 and pooled[-1][1] / pooled[-1][2] >= pooled[-2][1] / pooled[-2][2]:
            at, k, n = pooled.pop()
            before = pooled[-1]
            pooled[-1] = [(before[0] * before[2] + at * n) / (before[2] + n), before[1] + k, before[2] + n]
    return [(at, float(np.log(k / max(n - k, 0.5)))) for at, k, n in pooled]


def groups_of(state, odds):
    """0: the rules are sure and the model agrees; 1: the rules doubt; −1: they contradict each other, or nobody can tell."""
    doubt = state == DOUBTFUL
    agrees = (state != NOBODY) & ((state == MARKED) == (odds > 0))
    return np.where(doubt, 1, np.where(agrees, 0, -1))


def errors_of(curves, group, odds):
    out = np.ones(len(odds))
    for g, curve in enumerate(curves):
        at = group == g
        out[at] = 1 / (1 + np.exp(-np.interp(np.abs(odds[at]), *zip(*curve))))
    return out


class Answers:
    """What becomes of every question of a set at a target error."""

    def __init__(self, one, odds, error):
        count = len(one.kind)
        self.error = np.zeros(count)
        np.maximum.at(self.error, one.question, error)  # as ballot_read_answer() has it
        self.marks = np.bincount(one.question, odds > 0, count)
        self.bad = (np.bincount(one.question, (odds > 0) != one.live, count) > 0) | one.unclear
        self.kind, self.unclear = one.kind, one.unclear
        self.rules_ask = np.bincount(one.question, (one.state == DOUBTFUL) | (one.state == NOBODY), count) > 0

    def asked(self, limit):
        return (self.error > limit) | (self.marks > 1)


MOST_TIMES = 300  # as in src/mark/model.c
HARD_SHARE = 0.1  # of a survey's scans that are as bad as the hard sets; the rest are like the office sets


def limits_of(office, hard):
    """Rows, the first two columns rising: logarithms of the share of accepted answers that were wrong and of the highest
    error stated of one that was accepted; the share asked on office and on hard sets. Half a wrong answer is added to
    all, so that none seen is not taken for none."""
    rows = []
    for limit in 10.0 ** np.arange(-5, -0.4, 0.125):
        rate, asked, accepted = 0, [], 0
        for answers, share in ((office, 1 - HARD_SHARE), (hard, HARD_SHARE)):
            asks = np.concatenate([a.asked(limit) for a in answers])
            wrong = np.concatenate([~a.asked(limit) & a.bad for a in answers])
            rate += share * wrong.sum() / max(1, (~asks).sum())
            accepted += (~asks).sum()
            asked.append(asks.mean())
        rows.append((np.log(rate + 0.5 / max(1, accepted)), np.log(limit), *asked))
    # Fewer accepted answers show less: what a lower limit seems to add in errors it does not have.
    for i in range(len(rows) - 2, -1, -1):
        rows[i] = (min(rows[i][0], rows[i + 1][0]), *rows[i][1:])
    return rows


def limit_at(limits, target):
    """As mark_limits() has it: the highest limit that keeps to the target, no answer likelier wrong than MOST_TIMES it."""
    kept = [limit for rate, limit, *_ in limits if rate <= np.log(target)]
    return min(float(np.exp(kept[-1])) if kept else target, MOST_TIMES * target)


def trees_of(model):
    nodes, roots = [], []
    for predictors in model._predictors:
        first = len(nodes)
        roots.append(first)
        for node in predictors[0].nodes:
            if node['is_leaf']:
                nodes.append((-1, float(node['value']), 0, 0))
            else:
                nodes.append((int(node['feature_idx']), float(np.float32(node['num_threshold'])), first + int(node['left']), first + int(node['right'])))
    return float(np.ravel(model._baseline_prediction)[0]), roots, nodes


def write_model(path, base, roots, nodes, x, curves, limits):
    low, high = x.min(0), x.max(0)
    room = 0.1 * (high - low) + 1e-6
    high[COUNTS] = 1e9
    data = b'PMK1' + struct.pack('<IIIIIIIIf', x.shape[1], len(roots), len(nodes), len(limits), *(len(curve) for curve in curves), base)
    for row in [row for curve in curves for row in curve] + limits:
        data += struct.pack(f'<{len(row)}f', *row)
    data += b''.join(struct.pack('<ff', l, h) for l, h in zip(low - room, high + room))
    data += struct.pack(f'<{len(roots)}I', *roots)
    data += b''.join(struct.pack('<ifII', *node) for node in nodes)
    with open(path, 'wb') as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def reliability(group, error, wrong):
    """Rows: stated chance of error, boxes, stated and observed errors."""
    rows = []
    for low, high in zip([0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1], [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]):
        for g in (0, 1):
            at = (group == g) & (error >= low) & (error < high)
            if at.any():
                rows.append((low, high, g, int(at.sum()), float(error[at].sum()), int(wrong[at].sum())))
    return rows


def card(path, digest, sets, trees, nodes, rows, curve, kinds, boxes, answers):
    text = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'marks-card.md'), encoding='utf-8').read()
    table = lambda head, body: '\n'.join(['| ' + ' | '.join(head) + ' |', '|' + ' --: |' * len(head)] + ['| ' + ' | '.join(str(c) for c in row) + ' |' for row in body])
    fill = {
        'ID': 'trees-' + digest[:8], 'SHA256': digest, 'SETS': len(sets), 'OURS': sum(not s.name.startswith('f') for s in sets),
        'OTHERS': sum(s.name.startswith('f') for s in sets), 'BOXES': f'{boxes:,}', 'ANSWERS': f'{answers:,}', 'TREES': trees, 'NODES': f'{nodes:,}',
        'RELIABILITY': table(['stated chance of error', 'the rules', 'boxes', 'errors stated', 'errors seen'],
                             [(f'{l:g} to {h:g}', 'agree' if g == 0 else 'doubt', f'{n:,}', f'{s:.2f}', w) for l, h, g, n, s, w in rows]),
        'CURVE': table(['target error', 'limit of one answer', 'asked, office', 'wrong, office', 'asked, hard', 'wrong, hard'], curve),
        'KINDS': table(['what the pen did', 'answers', 'asked by the rules alone', 'asked', 'wrong'], kinds)}
    for key, value in fill.items():
        text = text.replace('{' + key + '}', str(value))
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def main():
    program, folder, out = sys.argv[1:4]
    names = sorted(os.path.basename(p)[:-5] for p in glob.glob(os.path.join(folder, '*.done')))
    measures = int(subprocess.run([program, 'count'], stdout=subprocess.PIPE, check=True).stdout.split()[0])
    with Pool(os.cpu_count()) as pool:
        sets = [s for s in pool.starmap(Set, [(program, folder, n, measures) for n in names]) if len(s.live)]
    level = {s.name: open(os.path.join(folder, s.name + '.done'), encoding='utf-8').read().split() for s in sets}
    folds = {s.name: int(hashlib.sha256(s.name.encode()).hexdigest(), 16) % FOLDS for s in sets}
    print(f'{len(sets)} sets, {sum(len(s.live) for s in sets):,} boxes, {sum(len(s.kind) for s in sets):,} answers', flush=True)
    global SETS
    SETS = sets
    with Pool(os.cpu_count()) as pool:  # the last one is the model, of all sets
        models = pool.map(train_without, [(folds, fold) for fold in range(FOLDS + 1)], chunksize=1)
    odds = {s.name: odds_of(models[folds[s.name]], s.x) for s in sets}
    alone = {s.name: odds_of(models[folds[s.name]], s.alone) for s in sets}
    calibrate_and_report(sets, level, odds, alone, out, trees_of(models[FOLDS]))


def calibrate_and_report(sets, level, odds, alone, out, model):
    live, between, state = (np.concatenate([getattr(s, k) for s in sets]) for k in ('live', 'between', 'state'))
    curves, seen = [], []
    for verdicts in (odds, alone):  # boxes with their question, and boxes each by itself
        o = np.concatenate([verdicts[s.name] for s in sets])
        wrong, group = ((o > 0) != live) | between, groups_of(state, o)
        pair = [fit_curve(np.abs(o[group == g]), wrong[group == g]) for g in (0, 1)]
        curves += pair
        seen.append((group, errors_of(pair, group, o), wrong))
    rows = reliability(*(np.concatenate(column) for column in zip(*seen)))
    error = seen[0][1]
    for name, curve_ in zip(('agree', 'doubt', 'alone, agree', 'alone, doubt'), curves):
        print(name, ' '.join(f'{at:.2f}:{1 / (1 + np.exp(-y)):.2g}' for at, y in curve_))
    for row in rows:
        print('  stated %g to %g, group %d: %d boxes, %.2f errors stated, %d seen' % row)
    report(sets, level, odds, error, rows, curves, out, model)


def report(sets, level, odds, error, rows, curves, out, model):
    judged, at = {}, 0
    for one in sets:
        n = len(one.live)
        judged[one.name] = Answers(one, odds[one.name], error[at:at + n])
        at += n
    plain = {kind: [judged[s.name] for s in sets if level[s.name] == [kind]] for kind in ('office', 'hard')}
    curve = []
    limits = limits_of(plain['office'], plain['hard'])
    limit_for = lambda target: limit_at(limits, target)
    for target in (1e-3, 3e-4, 1e-4, 3e-5, 2e-5, 1e-5):
        limit = limit_for(target)
        row = [f'{target:g}', f'{limit:.2g}']
        for kind in ('office', 'hard'):
            total = sum(len(a.kind) for a in plain[kind])
            row += [f'{100 * sum(a.asked(limit).sum() for a in plain[kind]) / max(1, total):.2f} %',
                    f'{sum((~a.asked(limit) & a.bad).sum() for a in plain[kind])} of {total:,}']
        curve.append(row)
        print('  target', *row)
    kinds, every, usual = [], list(judged.values()), limit_for(MARKS_TARGET)
    for kind in sorted({k for a in every for k in a.kind}):
        pick = [(a, a.kind == kind) for a in every]
        total = sum(k.sum() for _, k in pick)
        kinds.append((kind, f'{total:,}', f'{100 * sum(a.rules_ask[k].sum() for a, k in pick) / total:.1f} %',
                      f'{100 * sum(a.asked(usual)[k].sum() for a, k in pick) / total:.1f} %', sum((~a.asked(usual) & a.bad)[k].sum() for a, k in pick)))
        print('  %-18s %8s rules %7s asked %7s wrong %d' % kinds[-1])
    x = np.vstack([s.x for s in sets] + [s.alone for s in sets])
    base, roots, nodes = model
    digest = write_model(os.path.join(out, 'marks.bin'), base, roots, nodes, x, curves, limits)
    card(os.path.join(out, 'marks.md'), digest, sets, len(roots), len(nodes), rows, curve, kinds, sum(len(s.live) for s in sets), sum(len(a.kind) for a in every))


main()
