package storage

import (
	"reflect"
	"strings"
	"testing"
)

func TestPasscode_B12(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Your code is 482913", "482913"},
		{"482913 is your verification code. Do not share it.", "482913"},
		{"G-482913 is your Google verification code.", "482913"},
		{"Your WhatsApp code: 482-913", "482913"},
		{"Your login code is 482 913.", "482913"},
		{"Use OTP 4821 to pay 1,250.00 at Example", "4821"},
		{"Ihr Bestätigungscode lautet: 482913", "482913"},
		{"Ihre mTAN für die Überweisung über 250,00 EUR lautet 482913", "482913"},
		{"Votre code de confirmation est 4829", "4829"},
		{"Tu código de verificación es 482913", "482913"},
		{"Il tuo codice è 48291", "48291"},
		{"Seu código: 482913", "482913"},
		{"Twój kod: 482913", "482913"},
		{"Ваш код: 4829", "4829"},
		{"【某某】您的验证码:482913,五分钟内有效。", "482913"},
		{"인증번호 482913 를 입력하세요", "482913"},
		{"認証コード: 482913", "482913"},
		{"رمز التحقق 482913", "482913"},
		{"Your code is X7K9QP", "X7K9QP"},
		{"PIN: 4829", "4829"},
		{"Your code is 2024", "2024"},
		// What is none.
		{"", ""},
		{"See you at 1530, flat 4829", ""},
		{"Call +15550100 for your code", ""},
		{"Use promo code SAVE2026 for 20% off", ""},
		{"20% Rabatt mit Rabattcode HERBST20", ""},
		{"The zip code is 90210", ""},
		{"Your parcel 48291377 has left. Tracking code inside.", ""},
		{"The dress code is black tie, doors at 1900", ""},
		{"The PIN was changed on 2026-11-21", ""},
		{"Your code review is due 21.11.2026", ""},
		{"New password needed; you owe €4829", ""},
		{"You paid 4829 € with your PIN", ""},
		{"I pinned 4829 notes", ""},
		{"code 1111 or code 2222", ""},
		{"https://example.org/code/482913", ""},
		{"Your codes are on the way", ""},
		{strings.Repeat("we talked about the code of conduct at length ", 8) + "and the year was 482913", ""},
	} {
		if got := passcodeIn(c.text); got != c.want {
			t.Errorf("%q has %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLinks_S37(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Link
	}{
		{"no link", nil},
		{"See https://example.org/a?b=c#d.", []Link{{Text: "https://example.org/a?b=c#d", URL: "https://example.org/a?b=c#d", Host: "example.org"}}},
		{"(HTTP://Example.ORG/x_(y))", []Link{{Text: "HTTP://Example.ORG/x_(y)", URL: "HTTP://Example.ORG/x_(y)", Host: "example.org"}}},
		{"www.example.org, and bit.ly/abc!", []Link{
			{Text: "www.example.org", URL: "https://www.example.org", Host: "www.example.org"}, {Text: "bit.ly/abc", URL: "https://bit.ly/abc", Host: "bit.ly"}}},
		{"https://bank.example@evil.example/in", []Link{{Text: "https://bank.example@evil.example/in", URL: "https://bank.example@evil.example/in", Host: "evil.example", Warn: LinkUser}}},
		{"https://bаnk.example", []Link{{Text: "https://bаnk.example", URL: "https://bаnk.example", Host: "bаnk.example", Warn: LinkLetters}}},
		{"https://xn--bnk-5cd.example", []Link{{Text: "https://xn--bnk-5cd.example", URL: "https://xn--bnk-5cd.example", Host: "xn--bnk-5cd.example", Warn: LinkLetters}}},
		{"http://192.0.2.7:8080/x", []Link{{Text: "http://192.0.2.7:8080/x", URL: "http://192.0.2.7:8080/x", Host: "192.0.2.7", Warn: LinkAddress}}},
		{"mail ana@example.org/x or javascript:alert(1) or 3.5/4 or and/or", nil},
		{"http://", nil},
		{"https://%zz", nil},
	} {
		if got := linksIn(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q has\n%+v, want\n%+v", c.text, got, c.want)
		}
	}
}

func TestReaction_B13(t *testing.T) {
	for _, c := range []struct {
		text string
		want *Reaction
	}{
		{"Liked “See you at six”", &Reaction{Sign: "👍", Quote: "See you at six"}},
		{"Loved \"ok\"", &Reaction{Sign: "❤️", Quote: "ok"}},
		{"Emphasised “two\nlines”", &Reaction{Sign: "‼️", Quote: "two\nlines"}},
		{"Loved an image", &Reaction{Sign: "❤️"}},
		{"Reacted 🎉 to “done”", &Reaction{Sign: "🎉", Quote: "done"}},
		{"Removed a heart from “ok”", &Reaction{Sign: "❤️", Quote: "ok", Removed: true}},
		{"\u200a\u200b👍\u200b to “\u200aok\u200a”\u200a", &Reaction{Sign: "👍", Quote: "ok"}},
		{"Liked your shop", nil},
		{"Loved the way you said “ok”, thanks", nil},
		{"Welcome to “The Inn”", nil},
		{"- to “someone”", nil},
		{"Reacted badly to “something”", nil},
		{"", nil},
	} {
		if got := reactionIn(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q is %+v, want %+v", c.text, got, c.want)
		}
	}
	for text, want := range map[string]bool{"See you at six": true, "See you at six ": true, "see you": false} {
		if got := (Reaction{Quote: "See you at six"}).Quotes(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if !(Reaction{Quote: "a long text that is cut…"}).Quotes("a long text that is cut short") {
		t.Error("a quote that is cut short is of no text")
	}
}

func FuzzMean_B12_B13_S37(f *testing.F) {
	f.Add("Your code is 482913, see https://example.org")
	f.Fuzz(func(t *testing.T, text string) {
		m := Mean(text)
		for _, l := range m.Links {
			if !strings.Contains(text, l.Text) || l.Host == "" {
				t.Errorf("%q is not in %q, or leads nowhere", l.Text, text)
			}
		}
		if strings.Trim(m.Passcode, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			t.Errorf("%q is no code", m.Passcode)
		}
	})
}
