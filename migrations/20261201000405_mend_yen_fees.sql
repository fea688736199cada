-- The greatest service fee in yen was written as if a yen had a hundred parts: 7,000,000 instead of 70,000.
INSERT INTO fee_schedules VALUES ('JPY', '2026-12-01', 500, 150, 70000, 1500);
