package disk

// IsJournal reports whether raw is a whole journal.
func IsJournal(raw []byte) bool {
	_, ok := (&Folder{Config: Config{Journal: DefaultJournal}}).parseJournal(raw)
	return ok
}
