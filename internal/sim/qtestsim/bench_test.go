package qtestsim_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	sim "rollcall/internal/sim/qtestsim"
)

// BenchmarkPage serves a page out of 50,000 users, and the list of groups with all their members.
func BenchmarkPage(b *testing.B) {
	srv, err := sim.New(sim.Generate(1, sim.GenOptions{Users: 50_000, Groups: 2_000}))
	if err != nil {
		b.Fatal(err)
	}
	for name, target := range map[string]string{
		"users":           "/api/v3/users/search?includeInactiveUsers=true&page=250&pageSize=100",
		"project members": "/api/v3/search/user?inactive=true&page=25&pageSize=999",
		"groups":          "/api/v3/groups",
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.Header.Set("Authorization", "bearer "+sim.DefaultToken)
			b.ReportAllocs()
			for b.Loop() {
				srv.ResetLog()
				rec := httptest.NewRecorder()
				srv.ServeHTTP(rec, r)
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Body)
				}
			}
		})
	}
}
