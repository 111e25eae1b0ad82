package storage

// Move gives a line another card: the number was ported, the card replaced, or
// the operator changed. The line keeps its id, its threads, what is still to be
// sent, and the rights on it; what the new card has received by itself joins it.
type Move struct {
	Line Line `json:"line"` // as it is afterwards
	Old  Line `json:"old"`  // the line whose card goes
	New  Line `json:"new"`  // the line that the new card was until now, which ends

	Threads  int      `json:"threads"`  // of the old line: they go on
	Messages int      `json:"messages"` // of the new card: they join
	Queued   int      `json:"queued"`   // parts that will go out by the new card
	Words    []string `json:"words"`    // all this as sentences
	Done     bool     `json:"done"`     // false: this is a preview, and nothing has changed
}
