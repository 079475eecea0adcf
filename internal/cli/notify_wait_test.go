package cli

import (
	"bytes"
	"testing"
	"time"

	"rollcall/internal/httpx"
)

// A log says who is waited for: it is not the tool whose administrator has to be asked.
func TestNotifyOptions_sayThatTheReceiverIsWaitedFor(t *testing.T) {
	for _, tt := range []struct {
		name string
		wait httpx.Wait
		want string
	}{
		{"a receiver that asks to be left alone", httpx.Wait{Why: httpx.WaitWindow, Status: 429, For: 7 * time.Second}, "notify: trying again in 7 s: the last try went wrong (429)\n"},
		{"one that can't be reached", httpx.Wait{Why: httpx.WaitRetry, For: 8 * time.Second}, "notify: trying again in 8 s: the last try went wrong\n"},
		{"a short wait is no news", httpx.Wait{Why: httpx.WaitRetry, For: time.Second}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			r := &run{o: &options{common: &common{}}, progress: &teller{to: &out}}
			opts, err := r.notifyOptions()
			if err != nil {
				t.Fatal(err)
			}
			opts.OnWait(tt.wait)
			if out.String() != tt.want {
				t.Errorf("said %q, want %q", out.String(), tt.want)
			}
		})
	}
}
