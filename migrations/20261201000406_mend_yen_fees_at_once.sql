-- The mended fees in yen are in force on the day of this release, and not only on the day after it: what is booked keeps its own fee.
INSERT INTO fee_schedules VALUES ('JPY', '2026-11-30', 500, 150, 70000, 1500);
