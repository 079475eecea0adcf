package httpx_test

import (
	"testing"
	"time"

	"rollcall/internal/httpx"
)

const week = 7 * 24 * time.Hour

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		header string
		want   time.Duration
		ok     bool
	}{
		{"12", 12 * time.Second, true},
		{" 12 ", 12 * time.Second, true},
		{"0", 0, true},
		{"1.5", 1500 * time.Millisecond, true},
		{"-3", 0, true},
		{"99999999999999999999", week, true},
		{"Inf", week, true},
		{"-Inf", 0, true},
		{"NaN", 0, false},
		{"Sun, 22 Nov 2026 10:00:30 GMT", 30 * time.Second, true},
		{"Sunday, 22-Nov-26 10:00:30 GMT", 30 * time.Second, true},
		{"Sun, 22 Nov 2026 09:00:00 GMT", 0, true},
		{"Mon, 22 Nov 2027 10:00:30 GMT", week, true},
		{"soon", 0, false},
		{"", 0, false},
	}
	for _, tt := range tests {
		if got, ok := httpx.ParseRetryAfter(tt.header, now); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %v, %v; want %v, %v", tt.header, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, seed := range []string{"12", "1e400", "-1", "Sun, 22 Nov 2026 10:00:30 GMT", "0x10", "1_000", "NaN"} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, header string) {
		got, ok := httpx.ParseRetryAfter(header, now)
		if got < 0 || got > week || !ok && got != 0 {
			t.Errorf("%q: %v, %v", header, got, ok)
		}
	})
}
