package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

// lastLine is the line that was used last with a number, or with whoever has it.
const lastLine = `
	SELECT thread.line
	FROM thread_number
	JOIN thread ON thread.id = thread_number.thread
	WHERE thread_number.number = ? AND thread.last <> ''`

// FromOptions is what a text to a number can be sent from, by somebody who may
// use these lines.
func (db *DB) FromOptions(ctx context.Context, to string, among []string) (f storage.FromOptions, err error) {
	err = db.look(ctx, func(v *view) error {
		var lines []storage.Line
		err := v.rows(`SELECT `+lineColumns+` FROM line ORDER BY id`, nil, func(r *sql.Rows) error {
			l, err := scanLine(r)
			lines = append(lines, l)
			return err
		})
		if err != nil {
			return err
		}
		var last string
		_, err = v.get(lastLine, []any{to}, &last)
		f = storage.ChooseFrom(lines, last, among)
		return err
	})
	return f, err
}
