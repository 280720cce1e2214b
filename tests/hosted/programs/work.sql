-- SPDX-License-Identifier: MIT
-- Work for sqlite3: rows, indices, joins, sorting, texts that grow, and a check of it all.
CREATE TABLE stone(id INTEGER PRIMARY KEY, name TEXT, weight INTEGER, note BLOB);
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
INSERT INTO stone SELECT n, 'stone ' || (n * 7919 % 20011), n * 104729 % 997, zeroblob(n % 300) FROM number;
CREATE INDEX by_name ON stone(name);
CREATE INDEX by_weight ON stone(weight, name);
SELECT count(*), sum(weight), max(name) FROM stone;
UPDATE stone SET note = note || name, name = name || ' of granite' WHERE id % 3 = 0;
DELETE FROM stone WHERE id % 5 = 0;
SELECT count(*), sum(length(name)), sum(length(note)) FROM stone;
SELECT a.name, b.name FROM stone a JOIN stone b ON a.weight = b.weight AND a.id < b.id
    ORDER BY a.name DESC, b.name LIMIT 5;
SELECT weight, count(*), length(group_concat(name, ', ')) FROM stone GROUP BY weight ORDER BY 3 DESC, 1 LIMIT 5;
VACUUM;
PRAGMA integrity_check;
