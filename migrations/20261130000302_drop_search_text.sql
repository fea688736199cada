-- Search reads `search_vector` and `search_words`; nothing reads these words a second time.
ALTER TABLE celebrities DROP COLUMN search_text;
