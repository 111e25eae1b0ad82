package storage

// Hit is a message that a search found: with what was found marked in a piece
// of its text.
type Hit struct {
	Message Message  `json:"message"`
	Contact *Contact `json:"contact,omitempty"` // whose thread it is in
	Snippet string   `json:"snippet"`
	Marks   [][2]int `json:"marks"` // of Snippet, as begin and end in UTF-16 units
}

// HitPage is one answer of a search, the newest message first. Next goes on
// where it ended, and may lead to an empty page: a search looks at so many
// messages at a time, not more.
type HitPage struct {
	Hits []Hit  `json:"hits"`
	Next string `json:"next,omitempty"`
	Head Head   `json:"head"`
}
