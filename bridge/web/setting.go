package web

import (
	"context"
	"encoding/json"

	"smsbridge/storage"
)

var settingMethods = []method{
	{"setting.list", "GET", "/api/v1/settings", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).settings), nil},
	{"setting.set", "PUT", "/api/v1/settings/{key}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).setSetting), nil},
	{"preference.get", "GET", "/api/v1/preferences", known, storage.RoleViewer, 200, bind((*Server).preferences), nil},
	{"preference.set", "PUT", "/api/v1/preferences/{key}", known, storage.RoleViewer, 200, bind((*Server).setPreference), nil},
}

// setting reads one setting of the box.
func (s *Server) setting(ctx context.Context, key string, into any) error {
	return s.c.Store.Setting(ctx, key, into)
}

type settingList struct {
	Settings []storage.Setting `json:"settings"`
	Head     storage.Head      `json:"head"`
}

func (s *Server) settings(ctx context.Context, _ storage.Caller, _ none) (settingList, error) {
	found, err := s.c.Store.Settings(ctx, "")
	return settingList{Settings: found}, err
}

type settingParams struct {
	Key   string          `json:"key" need:"true"`
	Value json.RawMessage `json:"value"` // null: as it is by default
	ifRev
}

type settingAnswer struct {
	Setting storage.Setting `json:"setting"`
}

func (s *Server) setSetting(ctx context.Context, _ storage.Caller, p settingParams) (settingAnswer, error) {
	if p.Key == storage.SettingCallURL {
		if err := s.checkCallURL(p.Value); err != nil {
			return settingAnswer{}, err
		}
	}
	set, err := s.c.Store.SaveSetting(ctx, "", p.Key, p.Value)
	if err != nil {
		return settingAnswer{}, err
	}
	s.framing.forget()
	return settingAnswer{set}, nil
}

// checkCallURL refuses at once what could never be called, as it does for hooks.
func (s *Server) checkCallURL(value json.RawMessage) error {
	var to string
	if json.Unmarshal(value, &to) != nil || to == "" {
		return nil // another check's business
	}
	return s.c.Pusher.Check(storage.Hook{URL: to})
}

type preferenceList struct {
	Preferences []storage.Setting `json:"preferences"`
}

func (s *Server) preferences(ctx context.Context, who storage.Caller, _ none) (preferenceList, error) {
	a := who.Person()
	if a == nil {
		return preferenceList{}, noAccount("Preferences are a person's.")
	}
	found, err := s.c.Store.Settings(ctx, a.ID)
	return preferenceList{found}, err
}

type preferenceAnswer struct {
	Preference storage.Setting `json:"preference"`
}

func (s *Server) setPreference(ctx context.Context, who storage.Caller, p settingParams) (preferenceAnswer, error) {
	a := who.Person()
	if a == nil {
		return preferenceAnswer{}, noAccount("Preferences are a person's.")
	}
	set, err := s.c.Store.SaveSetting(ctx, a.ID, p.Key, p.Value)
	return preferenceAnswer{set}, err
}
