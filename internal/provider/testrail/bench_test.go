package testrail_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/testrail"
	sim "rollcall/internal/sim/testrailsim"
)

// replay answers from what it has recorded, so that a benchmark measures the client alone.
type replay struct {
	inner   http.RoundTripper
	mu      sync.Mutex
	answers map[string][]byte
}

func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if body, ok := r.answers[req.URL.RawQuery]; ok {
		return &http.Response{
			StatusCode: 200, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)), Request: req,
		}, nil
	}
	resp, err := r.inner.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	r.answers[req.URL.RawQuery] = body
	return resp, err
}

func BenchmarkRead(b *testing.B) {
	for _, size := range []struct{ users, groups int }{{2000, 150}, {20000, 1500}, {50000, 2000}} {
		b.Run(fmt.Sprintf("%d_users_%d_groups", size.users, size.groups), func(b *testing.B) {
			srv, err := sim.New(sim.Generate(1, sim.GenOptions{Users: size.users, Groups: size.groups}))
			if err != nil {
				b.Fatal(err)
			}
			cfg := simConfig(srv)
			record := &replay{inner: cfg.HTTP.Transport, answers: make(map[string][]byte)}
			cfg.HTTP = httpx.Options{Transport: record}
			read := func() {
				r, err := testrail.NewReader(cfg)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.Read(b.Context(), directory.Extent{}); err != nil {
					b.Fatal(err)
				}
			}
			read()
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
	}
}
