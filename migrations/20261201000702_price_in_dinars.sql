-- The fees in Kuwaiti dinars, which have a thousand fils: at least 0.300 and at most 150.000.
INSERT INTO fee_schedules VALUES ('KWD', '2026-11-30', 500, 300, 150000, 1500);
