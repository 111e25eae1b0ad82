package storage

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Setting is something that the box, or one person on it, wants one way and not
// another.
type Setting struct {
	Key     string          `json:"key"`
	Value   json.RawMessage `json:"value,omitempty"`
	Default bool            `json:"default,omitempty"` // nobody has set it
	Kind    string          `json:"kind"`              // switch, choice, text, list
	Choices []string        `json:"choices,omitempty"`
	Help    string          `json:"help"`
	Rev     int64           `json:"rev,omitempty"`
}

// Keys that others ask for by name.
const (
	SettingSMS     = "sms_enabled"
	SettingCall    = "call_way"
	SettingCallURL = "call_hook_url"
	SettingVideo   = "video_url_template"
	SettingEmbed   = "embed_origins"

	SettingStopWords  = "stop_words"
	SettingStartWords = "start_words"
	SettingStopReply  = "stop_reply"
	SettingHelpReply  = "help_reply"

	PreferencePhone = "phone_button"
)

// Ways to call somebody.
const (
	CallNone  = "none"
	CallTel   = "tel"   // the desk's own phone program dials
	CallHook  = "hook"  // a telephone system rings the agent, then the client
	CallModem = "modem" // a modem dials, without sound
)

// SettingKey is one row of a table of what can be set: what it takes, and how
// it is while nobody has set it.
type SettingKey struct {
	Key, Kind, Usual, Help string
	Choices                []string
	Private                bool // its value is told to owners only
	check                  func(text string) bool
	form                   string // what check wants, for people
}

// Settings are those of the box.
var Settings = []SettingKey{
	{Key: SettingSMS, Kind: kindSwitch, Usual: `true`, Help: "Texts may leave this box at all"},
	{Key: SettingCall, Kind: kindChoice, Usual: `"none"`, Choices: []string{CallNone, CallTel, CallHook, CallModem},
		Help: "How the phone button calls: not at all, by a tel: link, by a telephone system, by a modem"},
	{Key: SettingCallURL, Kind: kindText, Usual: `""`, Private: true, check: isWeb, form: "an address such as https://HOST/PATH",
		Help: "Where a telephone system is asked to call"},
	{Key: SettingVideo, Kind: kindText, Usual: `""`, check: isRoom, form: "an address with {room} in it, such as https://HOST/{room}",
		Help: "The rooms of a video service, for colleagues"},
	{Key: SettingEmbed, Kind: kindList, Usual: `[]`, check: isOrigin, form: "origins such as https://crm.example",
		Help: "Portals that may show this page within theirs"},
	{Key: SettingStopWords, Kind: kindList, Usual: `[]`, check: isWish, form: "words such as BASTA",
		Help: "Words that say: no more texts; beside those of the usual languages"},
	{Key: SettingStartWords, Kind: kindList, Usual: `[]`, check: isWish, form: "words such as ALTA",
		Help: "Words that say: texts again; beside those of the usual languages"},
	{Key: SettingStopReply, Kind: kindText, Usual: `""`, check: isReply, form: "a text, whose fields are such as {{first_name}}",
		Help: "What is answered to who wants no more texts; empty: nothing"},
	{Key: SettingHelpReply, Kind: kindText, Usual: `""`, check: isReply, form: "a text, whose fields are such as {{first_name}}",
		Help: "What is answered to who writes HELP; empty: nothing"},
}

// Preferences are those of one person.
var Preferences = []SettingKey{
	{Key: PreferencePhone, Kind: kindChoice, Usual: `"ask"`, Choices: []string{"ask", "sms", "call"}, Help: "What the phone button beside a number does"},
	{Key: "enter_sends", Kind: kindSwitch, Usual: `true`, Help: "Enter sends, Shift+Enter begins a line"},
	{Key: "single_keys", Kind: kindSwitch, Usual: `true`, Help: "Keys that stand alone work: / searches, ? lists the keys"},
	{Key: "undo_s", Kind: kindChoice, Usual: `"0"`, Choices: []string{"0", "3", "5", "10"}, Help: "Seconds in which a text can be taken back"},
	{Key: "open_chats", Kind: kindChoice, Usual: `"pane"`, Choices: []string{"pane", "box"}, Help: "Where conversations open: in the whole page, or in a box at its foot"},
	{Key: "theme", Kind: kindChoice, Usual: `"system"`, Choices: []string{"system", "light", "dark"}, Help: "Colours of the page"},
	{Key: "density", Kind: kindChoice, Usual: `"comfortable"`, Choices: []string{"comfortable", "compact"}, Help: "Room between rows"},
	{Key: "language", Kind: kindText, Usual: `""`, check: isLanguage, form: "a language tag such as en or pt-BR", Help: "Language of the page; empty: the browser's"},
	{Key: "notify_sms", Kind: kindSwitch, Usual: `true`, Help: "Be told of texts"},
	{Key: "notify_chat", Kind: kindSwitch, Usual: `true`, Help: "Be told of what colleagues write"},
	{Key: "notify_call", Kind: kindSwitch, Usual: `true`, Help: "Be told of missed calls"},
	{Key: "notify_desktop", Kind: kindSwitch, Usual: `true`, Help: "... by a notice of the desktop"},
	{Key: "notify_sound", Kind: kindSwitch, Usual: `true`, Help: "... by a sound"},
	{Key: "notify_title", Kind: kindSwitch, Usual: `true`, Help: "... by the title of the window"},
	{Key: "notify_tone", Kind: kindChoice, Usual: `"glass"`, Choices: []string{"glass", "knock", "rise"}, Help: "Which sound"},
	{Key: "notify_volume", Kind: kindChoice, Usual: `"60"`, Choices: []string{"20", "40", "60", "80", "100"}, Help: "How loud it is, in per cent"},
	{Key: "notify_focused", Kind: kindSwitch, Usual: `false`, Help: "Sound also while the page is looked at"},
	{Key: "notify_preview", Kind: kindSwitch, Usual: `true`, Help: "A notice shows the words"},
}

const (
	kindSwitch = "switch"
	kindChoice = "choice"
	kindText   = "text"
	kindList   = "list"
)

// FindSetting is the row of a key.
func FindSetting(table []SettingKey, key string) (SettingKey, error) {
	i := slices.IndexFunc(table, func(k SettingKey) bool { return k.Key == key })
	if i < 0 {
		var all []string
		for _, k := range table {
			all = append(all, k.Key)
		}
		e := Refuse(CodeInvalid, "key", "there is no setting %q", key)
		e.Options = all
		return SettingKey{}, e
	}
	return table[i], nil
}

// Setting is how the row is with a value; an empty one stands for the usual.
func (k SettingKey) Setting(value string, rev int64) Setting {
	s := Setting{Key: k.Key, Kind: k.Kind, Choices: k.Choices, Help: k.Help, Value: json.RawMessage(value), Rev: rev}
	if value == "" {
		s.Value, s.Default = json.RawMessage(k.Usual), true
	}
	return s
}

// maxSetting is the longest value, in bytes.
const maxSetting = 4 << 10

// Parse reads a value and gives it as it is kept. null is the usual one, and
// kept as nothing.
func (k SettingKey) Parse(value json.RawMessage) (string, error) {
	value = bytes.TrimSpace(value)
	if len(value) > maxSetting {
		return "", Refuse(CodeInvalid, "value", "%s takes %d bytes at the most", k.Key, maxSetting)
	}
	if string(value) == "null" || len(value) == 0 {
		return "", nil
	}
	var kept any
	var ok bool
	switch k.Kind {
	case kindSwitch:
		var b bool
		ok, kept = json.Unmarshal(value, &b) == nil, b
	case kindList:
		var l []string
		ok = json.Unmarshal(value, &l) == nil && !slices.ContainsFunc(l, func(s string) bool { return !k.check(s) })
		kept = append([]string{}, l...)
	default:
		var s string
		ok = json.Unmarshal(value, &s) == nil && k.takes(s)
		kept = s
	}
	if !ok {
		e := Refuse(CodeInvalid, "value", "%s cannot be %s; it takes %s", k.Key, value, k.wants())
		e.Options = k.Choices
		return "", e
	}
	text, err := json.Marshal(kept)
	return string(text), err
}

func (k SettingKey) takes(s string) bool {
	if k.Kind == kindChoice {
		return slices.Contains(k.Choices, s)
	}
	return s == "" || k.check(s)
}

func (k SettingKey) wants() string {
	switch k.Kind {
	case kindSwitch:
		return "true or false"
	case kindChoice:
		return "one of " + strings.Join(k.Choices, ", ")
	}
	return k.form
}

func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

func isRoom(s string) bool {
	u, err := url.Parse(strings.ReplaceAll(s, "{room}", "room"))
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && strings.Contains(s, "{room}")
}

// isOrigin takes what browsers send as Origin, and nothing that could mean more
// in a header.
func isOrigin(s string) bool { return originShape.MatchString(s) }

var (
	originShape   = regexp.MustCompile(`^https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$`)
	languageShape = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)
)

func isLanguage(s string) bool { return languageShape.MatchString(s) }

// isWish takes what can stand as a whole text.
func isWish(s string) bool { return foldWish(s) != "" }

func isReply(s string) bool {
	_, err := tidyText(s)
	return err == nil
}
