package httpx_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/httpx"
)

// A window may open while a worker waits for its turn of the pace: the gate stands behind the limiter as well.
func TestDo_sendsNothingInAWindowThatOpensBeforeItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := answer{status: 429, header: retryAfter("30"), takes: 500 * time.Millisecond}
		s := &script{answers: []answer{busy, good}}
		c := newPaced(t, s, httpx.Pace{PerMinute: 60, Burst: 1}, nil)
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				if err := c.Do(t.Context(), request(httpx.Write)); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		if len(s.at) != 5 {
			t.Fatalf("sent at %v, want five requests", s.at)
		}
		for _, at := range s.at[1:] {
			if at < 30*time.Second+500*time.Millisecond {
				t.Errorf("sent at %v, inside the window", s.at)
			}
		}
	})
}
