package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

// Settings are those of the box, or with an agent those of that person, each as
// it is now.
func (db *DB) Settings(ctx context.Context, agent string) ([]storage.Setting, error) {
	found := []storage.Setting{}
	err := db.look(ctx, func(v *view) error {
		set := make(map[string]storage.Setting)
		err := v.rows(`SELECT key, value, rev FROM setting WHERE agent = ?`, []any{agent}, func(r *sql.Rows) error {
			var s storage.Setting
			var value string
			err := r.Scan(&s.Key, &value, &s.Rev)
			s.Value = json.RawMessage(value)
			set[s.Key] = s
			return err
		})
		for _, k := range settingKeys(agent) {
			found = append(found, k.Setting(string(set[k.Key].Value), set[k.Key].Rev))
		}
		return err
	})
	return found, err
}

func settingKeys(agent string) []storage.SettingKey {
	if agent == "" {
		return storage.Settings
	}
	return storage.Preferences
}

// Setting reads one setting of the box into a value of its type.
func (db *DB) Setting(ctx context.Context, key string, into any) error {
	k, err := storage.FindSetting(storage.Settings, key)
	if err != nil {
		return err
	}
	value := k.Usual
	err = db.look(ctx, func(v *view) error {
		_, err := v.get(`SELECT value FROM setting WHERE agent = '' AND key = ?`, []any{key}, &value)
		return err
	})
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(value), into)
}

// SaveSetting sets one; the JSON null makes it the usual one again. A person's
// is told to that person only.
func (db *DB) SaveSetting(ctx context.Context, agent, key string, value json.RawMessage) (s storage.Setting, err error) {
	k, err := storage.FindSetting(settingKeys(agent), key)
	if err != nil {
		return s, err
	}
	kept, err := k.Parse(value)
	if err != nil {
		return s, err
	}
	err = db.update(ctx, func(t *tx) error {
		if err := t.freshSetting(agent, k); err != nil {
			return err
		}
		s = k.Setting(kept, t.next())
		t.object(key)
		if kept == "" {
			t.exec(`DELETE FROM setting WHERE agent = ? AND key = ?`, agent, key)
		} else {
			t.exec(`
				INSERT INTO setting (agent, key, value, rev) VALUES (?, ?, ?, ?)
				ON CONFLICT (agent, key) DO UPDATE SET value = excluded.value, rev = excluded.rev`, agent, key, kept, s.Rev)
		}
		told := s
		if k.Private {
			told.Value = nil
		}
		if agent == "" {
			t.event(storage.SettingUpdated, "", "", "setting", told)
		} else {
			t.eventFor([]string{agent}, storage.PreferenceUpdated, "", "", "preference", told)
		}
		return t.err
	})
	return s, err
}

// freshSetting compares what the caller knows of a setting. One that was never
// set has rev 0.
func (t *tx) freshSetting(agent string, k storage.SettingKey) error {
	var value string
	var rev int64
	t.get(`SELECT value, rev FROM setting WHERE agent = ? AND key = ?`, []any{agent, k.Key}, &value, &rev)
	return t.fresh(rev, k.Setting(value, rev))
}

// smsOn tells whether texts may leave the box at all.
func (t *tx) smsOn() bool {
	value := "true"
	t.get(`SELECT value FROM setting WHERE agent = '' AND key = ?`, []any{storage.SettingSMS}, &value)
	return value == "true"
}
