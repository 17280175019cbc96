"""A questionnaire nobody printed: random boxes, tables, lists and text, for training on forms that are not ours.

form.py SEED OUT COUNT: writes OUT/blank.pdf, OUT/layout.json (COUNT ballots of it, as the simulator reads them) and
OUT/def (its definition).
"""
import json, os, random, sys
seed, out, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
r = random.Random(seed)
W, H = (210, 297) if r.random() < .8 else (215.9, 279.4)
K = 72 / 25.4
ops, boxes, qs, scales = [], [], [], {}
WORDS = "answer service office paper citizen respond often never always result staff desk fee time wait clear public notice reply open rule form district village water road school clinic land permit online portal visit letter phone call hour week month agree better worse same other which where please mark only your most last year".split()
def words(n): return ' '.join(r.choice(WORDS) for _ in range(n)).capitalize()
def text(x, y, s, size=9, bold=False):
    s = s.replace('\\', '').replace('(', '').replace(')', '')
    ops.append(f"BT /{'B' if bold else 'F'} {size} Tf {x*K:.2f} {(H-y)*K:.2f} Td ({s}) Tj ET")
def line(x0, y0, x1, y1, w=.2): ops.append(f"{w*K:.2f} w {x0*K:.2f} {(H-y0)*K:.2f} m {x1*K:.2f} {(H-y1)*K:.2f} l S")
shape = r.choice(['square', 'square', 'circle', 'oval'])
if shape == 'oval': bw, bh = r.uniform(3.4, 6.5), r.uniform(1.9, 3.2)
else: bw = bh = r.uniform(2.0, 6.0) if shape == 'circle' else r.uniform(2.4, 6.5)
ow, grey = r.choice([.12, .18, .25, .35, .5]), r.choice([0, 0, 0, .35, .55])
letters = shape != 'square' and r.random() < .3 and bw > 3.2
def ellipse(cx, cy, a, b):
    c = .5523; X = lambda v: f"{v*K:.2f}"; Y = lambda v: f"{(H-v)*K:.2f}"
    ops.append(f"{X(cx+a)} {Y(cy)} m {X(cx+a)} {Y(cy+b*c)} {X(cx+a*c)} {Y(cy+b)} {X(cx)} {Y(cy+b)} c {X(cx-a*c)} {Y(cy+b)} {X(cx-a)} {Y(cy+b*c)} {X(cx-a)} {Y(cy)} c {X(cx-a)} {Y(cy-b*c)} {X(cx-a*c)} {Y(cy-b)} {X(cx)} {Y(cy-b)} c {X(cx+a*c)} {Y(cy-b)} {X(cx+a)} {Y(cy-b*c)} {X(cx+a)} {Y(cy)} c S")
def box(q, o, cx, cy):
    ops.append(f"{grey} G {ow*K:.2f} w")
    if shape == 'square': ops.append(f"{(cx-bw/2)*K:.2f} {(H-cy-bh/2)*K:.2f} {bw*K:.2f} {bh*K:.2f} re S")
    else: ellipse(cx, cy, bw/2, bh/2)
    ops.append("0 G")
    if letters:
        ops.append(".6 g"); text(cx-.9, cy+1, chr(65+o), 7); ops.append("0 g")
    x = y = ow/2
    boxes.append(dict(question=q, option='abcdefghij'[o], x_mm=round(cx-bw/2+x,3), y_mm=round(cy-bh/2+y,3), w_mm=round(bw-ow,3), h_mm=round(bh-ow,3), shape='square' if shape=='square' else 'circle'))
y = r.uniform(14, 22); left = r.uniform(12, 22)
text(left, y, words(4), 14, True); y += 7
for _ in range(r.randint(1, 3)): text(left, y, words(14), 9); y += 4.5
n = 0
def question(k):
    global n
    n += 1; q = f'q{n}'; qs.append((q, k)); return q
while y < H - 45 and n < 26:
    kind = r.choice(['matrix', 'matrix', 'list', 'inline', 'columns'])
    y += r.uniform(3, 7); text(left, y, words(r.randint(4, 9)), 10, True); y += 4
    if kind == 'matrix':
        k = r.randint(2, 7); pitch = max(bw + 3.2, r.uniform(9, 20)); x0 = W - r.uniform(14, 20) - pitch * k
        if x0 < left + 30: pitch = max(bw + 2.5, (W - 17 - left - 35) / k); x0 = W - 17 - pitch * k
        row = max(bh + 2.2, r.uniform(6.5, 12)); ruled = r.random() < .6; rows = r.randint(2, 8)
        for o in range(k): text(x0 + pitch * o + 1, y + 1, r.choice(WORDS)[:6], 7)
        y += 3; top = y
        for _ in range(rows):
            if y + row > H - 18: break
            q = question(k); text(left + 1, y + row / 2 + 1, f'{n}. ' + words(r.randint(2, 5))[:int((x0-left)/1.8)], 8.5)
            for o in range(k): box(q, o, x0 + pitch * (o + .5), y + row / 2)
            if ruled: line(left, y, W - 15, y)
            y += row
        if ruled:
            line(left, y, W - 15, y)
            for o in range(k + 1): line(x0 + pitch * o, top, x0 + pitch * o, y)
            line(left, top, left, y)
    elif kind == 'list':
        k = r.randint(2, 7); row = max(bh + 1.6, r.uniform(5, 8.5))
        if y + row * k > H - 18: break
        q = question(k); side = r.random() < .8
        for o in range(k):
            cx = left + 5 if side else left + 60
            box(q, o, cx, y + row / 2)
            text(cx + bw / 2 + 1.5 if side else left + 5, y + row / 2 + 1, words(r.randint(1, 4))[:24], 9); y += row
    elif kind == 'inline':
        k = r.randint(2, 4); step = (W - 2 * left) / k; row = max(bh + 2, 7)
        q = question(k)
        for o in range(k):
            cx = left + step * o + 4; box(q, o, cx, y + row / 2); text(cx + bw / 2 + 1.2, y + row / 2 + 1, words(2)[:int(step/2.2)], 9)
        y += row
    else:
        k = r.randint(4, 8); half = (k + 1) // 2; row = max(bh + 1.8, r.uniform(5.5, 8))
        if y + row * half > H - 18: break
        q = question(k)
        for o in range(k):
            cx = left + 5 + (W / 2 - left) * (o // half); cy = y + row * (o % half) + row / 2
            box(q, o, cx, cy); text(cx + bw / 2 + 1.5, cy + 1, words(3)[:26], 9)
        y += row * half
for _ in range(2):
    y += 5
    if y < H - 12: text(left, y, words(12), 8)
os.makedirs(out + '/def', exist_ok=True)
body = '\n'.join(ops).encode('latin-1')
objs = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {W*K:.3f} {H*K:.3f}]/Contents 4 0 R/Resources<</Font<</F 5 0 R/B 6 0 R>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(body), body),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>"]
pdf, at = b"%PDF-1.4\n", []
for i, o in enumerate(objs): at.append(len(pdf)); pdf += b"%d 0 obj\n%s\nendobj\n" % (i + 1, o)
xref = len(pdf)
pdf += b"xref\n0 7\n0000000000 65535 f \n" + b''.join(b"%010d 00000 n \n" % a for a in at) + b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % xref
for p in ('/def/blank.pdf', '/blank.pdf'): open(out + p, 'wb').write(pdf)
json.dump({"pages": [dict(pdf_page=1, form='FX', page=1, serial=f'S{i:05d}', group='G1', agency='X', origin='U1', width_mm=W, height_mm=H, boxes=boxes, fields=[]) for i in range(count)]}, open(out + '/layout.json', 'w'))
d = out + '/def/'
for f in ('survey', 'agencies', 'origins', 'criteria-all'): open(d + f + '.yaml', 'w').write(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../tests/real', f + '.yaml'), encoding='utf-8').read())
open(d + 'scales.yaml', 'w').write('scales:\n' + ''.join(f"  - {{id: S{k}, options: [{', '.join(f'{{id: {c}, label: Option {c}}}' for c in 'abcdefghij'[:k])}]}}\n" for k in sorted({k for _, k in qs})))
open(d + 'groups.yaml', 'w').write('groups:\n  - {id: G1, name: Group 1, block: all, form: FX, quota: [{handed_out_by: itself, ballots: 1}]}\n')
open(d + 'form-fx.yaml', 'w').write('id: FX\ntitle: Form\nsections:\n  - title: Questions\n    questions:\n' + ''.join(f'      - {{id: {q}, kind: one, scale: S{k}, text: Question {q}}}\n' for q, k in qs) +
    f'foreign:\n  unit: mm\n  pages:\n    - {{blank: blank.pdf, blank_page: 1, width_mm: {W}, height_mm: {H}}}\n  boxes:\n' + ''.join(f"    - {{question: {b['question']}, option: {b['option']}, page: 1, x: {b['x_mm']}, y: {b['y_mm']}, w: {b['w_mm']}, h: {b['h_mm']}, round: {'false' if b['shape']=='square' else 'true'}}}\n" for b in boxes))
