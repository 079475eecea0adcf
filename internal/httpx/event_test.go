package httpx_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/httpx"
)

func TestOptions_detailsSayWhatWentOverTheWire(t *testing.T) {
	const path = "/qa/index.php?/api/v2/get_users&limit=2"
	busy := answer{status: 429, header: retryAfter(" 7\x1b "), body: `{"error":"slow"}`}
	page := answer{status: 200, body: `{"name":"` + strings.Repeat("ä", 4<<10) + `"}`}
	tests := []struct {
		name   string
		class  httpx.Class
		answer answer
		want   httpx.Details
	}{
		{"a read that went well leaves its answer out", httpx.Read, answer{status: 200, body: `{"a":"b"}`}, httpx.Details{Path: path, Received: 9}},
		{"a read that failed tells it", httpx.Read, status(400), httpx.Details{Path: path, Received: 22, Answer: `{"error":"status 400"}`}},
		{
			"a write tells what was sent and answered", httpx.Create, answer{status: 200, body: `{"id":"7"}`},
			httpx.Details{Path: path, Body: `{"name":"Lea"}`, Sent: 14, Received: 10, Answer: `{"id":"7"}`},
		},
		{
			"a long answer is cut between two characters", httpx.Create, page,
			httpx.Details{Path: path, Body: `{"name":"Lea"}`, Sent: 14, Received: 8203, Answer: page.body[:4<<10-1] + " ..."},
		},
		{"an answer that breaks off may end inside a secret", httpx.Create, cutOff, httpx.Details{Path: path, Body: `{"name":"Lea"}`, Sent: 14, Received: 5}},
		{"no answer", httpx.Create, reset, httpx.Details{Path: path, Body: `{"name":"Lea"}`, Sent: 14}},
		{
			"the window that a busy host asks for", httpx.List, busy,
			httpx.Details{Path: path, Body: `{"name":"Lea"}`, Sent: 14, Received: 16, RetryAfter: "7", Answer: `{"error":"slow"}`},
		},
		{
			"bytes that are no text", httpx.Create, answer{status: 400, body: "\x9b31m \xff"},
			httpx.Details{Path: path, Body: `{"name":"Lea"}`, Sent: 14, Received: 6, Answer: "\ufffd31m \ufffd"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var events []httpx.Event
				c := newClient(t, &script{answers: []answer{tt.answer}}, func(o *httpx.Options) {
					o.OnRequest, o.Details = func(e httpx.Event) { events = append(events, e) }, true
				})
				_ = c.Do(t.Context(), request(tt.class)) // the events are what is looked at
				if len(events) == 0 || events[0].Details == nil {
					t.Fatalf("%d events without details", len(events))
				}
				if diff := cmp.Diff(tt.want, *events[0].Details); diff != "" {
					t.Errorf("details (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestOptions_noDetailsUnlessTheyAreAskedFor(t *testing.T) {
	c := newClient(t, &script{answers: []answer{status(400)}}, func(o *httpx.Options) {
		o.OnRequest = func(e httpx.Event) {
			if e.Details != nil {
				t.Errorf("details: %+v", *e.Details)
			}
		}
	})
	if err := c.Do(t.Context(), request(httpx.Read)); err == nil {
		t.Error("no error")
	}
}

func TestOptions_everyWaitIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := status(429)
		busy.header = retryAfter("30")
		var waits []httpx.Wait
		c := newPaced(t, &script{answers: []answer{busy, status(500), good}}, httpx.Pace{PerMinute: 1, Burst: 2}, func(o *httpx.Options) {
			o.OnWait = func(w httpx.Wait) {
				w.For = w.For.Truncate(10 * time.Second)
				waits = append(waits, w)
			}
		})
		if err := c.Do(t.Context(), request(httpx.Write)); err != nil {
			t.Fatal(err)
		}
		want := []httpx.Wait{
			{Method: "POST", Route: "add_user", Why: httpx.WaitWindow, Status: 429, For: 30 * time.Second},
			{Method: "POST", Route: "add_user", Why: httpx.WaitRetry, Status: 500},
			{Method: "POST", Route: "add_user", Why: httpx.WaitPace, For: 20 * time.Second},
		}
		if diff := cmp.Diff(want, waits); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}
	})
}

// The window of a Retry-After is waited for up to MaxWait, and not a moment longer.
func TestOptions_maxWait(t *testing.T) {
	for _, tt := range []struct {
		header string
		sent   int
	}{{"60", 2}, {"61", 1}} {
		synctest.Test(t, func(t *testing.T) {
			busy := status(503)
			busy.header = retryAfter(tt.header)
			s := &script{answers: []answer{busy, good}}
			err := newClient(t, s, func(o *httpx.Options) { o.MaxWait = time.Minute }).Do(t.Context(), request(httpx.Write))
			var failed *httpx.Error
			limited := errors.As(err, &failed) && failed.Kind == httpx.RateLimited
			if len(s.sent) != tt.sent || limited != (tt.sent == 1) {
				t.Errorf("Retry-After: %s: %d requests, %v", tt.header, len(s.sent), err)
			}
		})
	}
}
