package testrailsim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sim "rollcall/internal/sim/testrailsim"
)

func large() sim.Snapshot { return sim.Generate(1, sim.GenOptions{Users: 50_000, Groups: 2_000}) }

// BenchmarkGetUsers serves a page of 250 users out of 50,000.
func BenchmarkGetUsers(b *testing.B) {
	for _, order := range []string{"id", "name"} {
		b.Run("order="+order, func(b *testing.B) {
			s := large()
			if err := s.Switches.Set("user-order", order); err != nil {
				b.Fatal(err)
			}
			srv, err := sim.New(s)
			if err != nil {
				b.Fatal(err)
			}
			req := request(http.MethodGet, "get_users&limit=250&offset=25000", "")
			b.ReportAllocs()
			for b.Loop() {
				rec := httptest.NewRecorder()
				srv.ServeHTTP(rec, req)
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Body)
				}
			}
		})
	}
}

// BenchmarkUpdateGroup replaces the members of a group of 50 among 50,000 users.
func BenchmarkUpdateGroup(b *testing.B) {
	srv, err := sim.New(large())
	if err != nil {
		b.Fatal(err)
	}
	var bodies [2]string
	for i := range bodies {
		var ids []string
		for id := range 50 {
			ids = append(ids, fmt.Sprint(1000+i*20+id))
		}
		bodies[i] = fmt.Sprintf(`{"group_id":1,"user_ids":[%s]}`, strings.Join(ids, ","))
	}
	var known []int
	if err := srv.Edit(func(st *sim.State) error {
		for id := range 70 {
			if _, ok := st.User(1000 + id); !ok {
				u, _ := st.User(1)
				u.ID, u.Email = 1000+id, fmt.Sprintf("b%d@acme.example", id)
				if _, err := st.AddUser(u); err != nil {
					return err
				}
			}
			known = append(known, 1000+id)
		}
		return st.SetMembers(1, known...)
	}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		rec := httptest.NewRecorder()
		srv.ServeHTTP(rec, request(http.MethodPost, "update_group/1", bodies[i%2]))
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Body)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		large()
	}
}

func BenchmarkNew(b *testing.B) {
	s := large()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sim.New(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	text := save(b, large())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sim.Load(strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}

func request(method, route, body string) *http.Request {
	r := httptest.NewRequest(method, "/index.php", strings.NewReader(body))
	r.URL.RawQuery = "/api/v2/" + route
	r.SetBasicAuth(sim.DefaultAdmin, sim.DefaultKey)
	r.Header.Set("Content-Type", "application/json")
	return r
}
