package httpx_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/httpx"
)

func TestDo_waitsLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{status(500)}}
		if err := newClient(t, s, nil).Do(t.Context(), request(httpx.Read)); err == nil {
			t.Fatal("no error")
		}
		for i, seconds := range []float64{1, 2, 4, 8} {
			if got := (s.at[i+1] - s.at[i]).Seconds(); got < seconds || got > seconds*1.25 {
				t.Errorf("wait %d = %.2f s, want %.0f s and up to a quarter", i+1, got, seconds)
			}
		}
	})
}

func TestDo_sendsNothingInsideARetryAfterWindow(t *testing.T) {
	for _, code := range []int{429, 409, 503} {
		synctest.Test(t, func(t *testing.T) {
			busy := status(code)
			busy.header = retryAfter("30")
			s := &script{answers: []answer{busy, good}}
			var waits []time.Duration
			var mu sync.Mutex
			c := newClient(t, s, func(o *httpx.Options) {
				o.OnWait = func(w httpx.Wait) {
					mu.Lock()
					defer mu.Unlock()
					if waits = append(waits, w.For); w.Why != httpx.WaitWindow || w.Route != "add_user" {
						t.Errorf("%+v is not a wait for the end of the window", w)
					}
				}
			})
			var workers sync.WaitGroup
			for i := range 8 {
				workers.Go(func() {
					time.Sleep(time.Duration(i) * time.Second) // the first meets the window, the others begin inside it
					if err := c.Do(t.Context(), request(httpx.Write)); err != nil {
						t.Error(err)
					}
				})
			}
			workers.Wait()
			for i, at := range s.at {
				if i > 0 && at < 30*time.Second {
					t.Errorf("HTTP %d: request %d was sent after %v", code, i+1, at)
				}
			}
			if len(s.sent) != 9 || len(waits) != 8 || c.Counts().Waited != (30+29+28+27+26+25+24+23)*time.Second {
				t.Errorf("HTTP %d: sent %d, waits %v, waited %v", code, len(s.sent), waits, c.Counts().Waited)
			}
		})
	}
}

func TestDo_sendsNothingInAWindowThatIsTooLongToWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := status(429)
		busy.header = retryAfter("86400")
		s := &script{answers: []answer{busy, good}}
		c := newClient(t, s, func(o *httpx.Options) { o.MaxWait = time.Minute })
		for range 2 {
			var failed *httpx.Error
			if err := c.Do(t.Context(), request(httpx.Create)); !errors.As(err, &failed) || failed.Kind != httpx.RateLimited || failed.Unclear() {
				t.Errorf("%v", err)
			}
			const want = "POST add_user: rate limit: host asks for no requests for 24h0m0s more, and 1m0s at the most are waited for"
			if failed.Error() != want {
				t.Errorf("\n got %v\nwant %s", failed, want)
			}
		}
		if len(s.at) != 1 || time.Since(s.zero) > 0 {
			t.Errorf("sent at %v", s.at)
		}
		time.Sleep(24*time.Hour - time.Minute)
		if err := c.Do(t.Context(), request(httpx.Create)); err != nil || len(s.at) != 2 || s.at[1] != 24*time.Hour {
			t.Errorf("sent at %v, %v", s.at, err)
		}
	})
}

func TestDo_keepsToThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{good}}
		c := newPaced(t, s, httpx.Pace{PerMinute: 90, Burst: 60}, nil)
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				for range 21 {
					if err := c.Do(t.Context(), request(httpx.Read)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		workers.Wait()
		// 168 requests: a burst of 60, then 108 at 90 a minute.
		if got := s.at[167].Round(time.Millisecond); got != 72*time.Second {
			t.Errorf("the last of 168 was sent after %v, want 72 s", got)
		}
		if s.at[59] != 0 || s.at[60] == 0 {
			t.Errorf("request 60 after %v, 61 after %v", s.at[59], s.at[60])
		}
	})
}

func TestDo_fallsToHalfOfANamedLimit(t *testing.T) {
	tests := []struct {
		name string
		text string
		pace httpx.Pace
		want time.Duration // from the first request after the window to the 21st
	}{
		{"an unpaced client", "API Rate Limit Exceeded - 120 per minute maximum allowed. Retry after 1 seconds.", httpx.Pace{}, 20 * time.Second},
		{"a paced client", "API Rate Limit Exceeded - 19 per minute maximum allowed.", httpx.Pace{PerMinute: 90, Burst: 1}, 126316 * time.Millisecond},
		{"a pace that is lower already stays", "API Rate Limit Exceeded - 500 per minute maximum allowed.", httpx.Pace{PerMinute: 60, Burst: 1}, 20 * time.Second},
		{"a limit under 1 is none", "API Rate Limit Exceeded - 0 per minute maximum allowed.", httpx.Pace{PerMinute: 60, Burst: 1}, 20 * time.Second},
		{"a text without a number", "slow down", httpx.Pace{PerMinute: 60, Burst: 1}, 20 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				busy := answer{status: 429, header: retryAfter("1"), body: `{"error":"` + tt.text + `"}`}
				s := &script{answers: []answer{busy, good}}
				c := newPaced(t, s, tt.pace, nil)
				for range 21 {
					if err := c.Do(t.Context(), request(httpx.Read)); err != nil {
						t.Fatal(err)
					}
				}
				got := s.at[21] - s.at[1]
				if got.Round(time.Millisecond) != tt.want {
					t.Errorf("20 requests took %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestDo_givesUpOnASilentHostWithinThirtySeconds(t *testing.T) {
	for name, a := range map[string]answer{
		"refuses":              refused,
		"takes seven seconds":  {takes: 7 * time.Second, err: refused.err},
		"accepts and is mute":  hang,
		"breaks after a while": {takes: 12 * time.Second, err: reset.err},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			err := newClient(t, &script{answers: []answer{a}}, nil).Do(t.Context(), request(httpx.Read))
			if took := time.Since(start); err == nil || took > 30*time.Second {
				t.Errorf("%s: %v after %v", name, err, took)
			}
		})
	}
}

func TestDo_waitsOutAWindowOfTheFirstAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := status(429)
		busy.header = retryAfter("60")
		if err := newClient(t, &script{answers: []answer{busy, good}}, nil).Do(t.Context(), request(httpx.Read)); err != nil {
			t.Error(err)
		}
	})
}

func TestDo_givesUpWhatWaitsWhenItIsStopped(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []answer
		pace    httpx.Pace
		class   httpx.Class
		sent    int // until the stop, which comes 10 s after the start
		unclear bool
	}{
		{"inside a window that an answer opened", []answer{{status: 429, header: retryAfter("60")}}, httpx.Pace{}, httpx.Create, 1, false},
		{"before its turn of the pace", []answer{good}, httpx.Pace{PerMinute: 1, Burst: 1}, httpx.Create, 1, false},
		{"between two tries of a write that failed", []answer{status(500)}, httpx.Pace{}, httpx.Write, 4, true},
		{"between two tries of a read that failed", []answer{status(500)}, httpx.Pace{}, httpx.Read, 4, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, stop := &script{answers: tt.answers}, make(chan struct{})
				c := newPaced(t, s, tt.pace, func(o *httpx.Options) { o.Stop = stop })
				time.AfterFunc(10*time.Second, func() { close(stop) })
				start := time.Now()
				var err error
				for err == nil {
					err = c.Do(t.Context(), request(tt.class))
				}
				var failed *httpx.Error
				if !errors.As(err, &failed) || failed.Kind != httpx.Canceled || failed.Unclear() != tt.unclear {
					t.Errorf("error %v, want one that is canceled and unclear: %t", err, tt.unclear)
				}
				if took := time.Since(start); took != 10*time.Second || len(s.sent) != tt.sent {
					t.Errorf("gave up after %s and %d requests, want 10s and %d", took, len(s.sent), tt.sent)
				}
			})
		})
	}
}

func TestDo_finishesWhatIsUnderWayWhenItIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := good
		slow.takes = 20 * time.Second
		stop := make(chan struct{})
		c := newClient(t, &script{answers: []answer{slow}}, func(o *httpx.Options) { o.Stop = stop })
		time.AfterFunc(10*time.Second, func() { close(stop) })
		if err := c.Do(t.Context(), request(httpx.Write)); err != nil {
			t.Error(err)
		}
		if err := c.Do(t.Context(), request(httpx.Read)); err != nil {
			t.Errorf("a request that need not wait: %v", err)
		}
	})
}
