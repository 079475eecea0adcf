package testrailsim_test

import (
	"testing"
	"testing/synctest"
	"time"

	sim "rollcall/internal/sim/testrailsim"
)

func TestRateLimit_isAWindowOfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, serve(t, small(), "rate-limit=3"))
		for range 3 {
			c.ok("get_user/2", "", nil)
			time.Sleep(10 * time.Second)
		}
		// The window began 30 seconds ago; a login with a wrong key meets it as well, before anybody asks who calls.
		got := c.as("nobody@acme.example").do("get_user/2", "")
		if got.Status != 429 || got.Header.Get("Retry-After") != "30" {
			t.Errorf("%d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
		}
		c.fails("get_user/2", "", 429, "API Rate Limit Exceeded - 3 per minute maximum allowed. Retry after 30 seconds.")
		time.Sleep(29*time.Second + 999*time.Millisecond)
		c.fails("get_user/2", "", 429, "API Rate Limit Exceeded - 3 per minute maximum allowed. Retry after 1 seconds.")
		time.Sleep(time.Millisecond)
		for range 3 {
			c.ok("get_user/2", "", nil)
		}
		c.fails("get_user/2", "", 429, "API Rate Limit Exceeded - 3 per minute maximum allowed. Retry after 60 seconds.")
	})
}

func TestRateLimit_withoutHeader(t *testing.T) {
	c := dial(t, serve(t, small(), "rate-limit=1", "rate-header=no"))
	c.ok("get_user/2", "", nil)
	if got := c.do("get_user/2", ""); got.Status != 429 || got.Header.Get("Retry-After") != "" {
		t.Errorf("%d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
	}
}

func TestServer_takesItsTimeFromItsClock(t *testing.T) {
	now := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	s := small()
	s.Switches = sim.Switches{RateLimit: 1}
	srv := serve(t, s)
	srv.Now = func() time.Time { return now }
	c := dial(t, srv)
	c.ok("get_user/2", "", nil)
	c.fails("get_user/2", "", 429, "API Rate Limit Exceeded - 1 per minute maximum allowed. Retry after 60 seconds.")
	now = now.Add(time.Minute)
	c.ok("get_user/2", "", nil)
	if got := srv.Requests()[2].Time; !got.Equal(now) {
		t.Errorf("the log says %v", got)
	}
}

func TestMaintenance_isAWindowFromTheFirstRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, serve(t, small(), "maintenance=10s+30s", "maintenance-header=yes"))
		c.ok("get_user/2", "", nil)
		time.Sleep(10 * time.Second)
		if got := c.do("get_user/2", ""); got.Status != 409 || got.Header.Get("Retry-After") != "30" {
			t.Errorf("%d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
		}
		time.Sleep(30 * time.Second)
		c.ok("get_user/2", "", nil)
	})
	t.Run("without a header by default", func(t *testing.T) {
		got := dial(t, serve(t, small(), "maintenance=30s")).do("get_user/2", "")
		if got.Status != 409 || got.Header.Get("Retry-After") != "" {
			t.Errorf("%d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
		}
	})
}
