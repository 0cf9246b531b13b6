CREATE INDEX IF NOT EXISTS documents_words ON documents USING gin (to_tsvector('simple', title || ' ' || content));
