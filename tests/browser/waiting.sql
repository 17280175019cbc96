-- Makes every issued ballot of a workspace a returned one whose questions q1 … q8 all wait: for trying how many people
-- can settle at once. No scans stand behind them.
INSERT INTO file (sha256, attempt, name, archived, pages, reason, detail, at)
  VALUES ('0', 0, 'lo.pdf', '', 9999, '', '', '2026-01-01T00:00:00Z');
INSERT INTO page (file, idx, attempt, outcome, reason, detail, form, layout, serial, page, grp, agency, origin, expected,
    map, turns, residual_mm, worst_mm, scale, at)
  SELECT 1, number, 0, 0, '', '', form, layout, serial, 1, '', '', '', 0, x'', 0, 0, 0, 1, '2026-01-01T00:00:00Z'
  FROM issued;
WITH question (id) AS (VALUES ('q1'), ('q2'), ('q3'), ('q4'), ('q5'), ('q6'), ('q7'), ('q8'))
  INSERT INTO reading (page, question, generation, value, state, confidence, reasons, model, target_error)
  SELECT page.id, question.id, 0, 'a', 1, 0.9, 524288, 'none', 0.00001 FROM page, question;
