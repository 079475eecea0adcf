package testrailsim_test

import (
	"fmt"
	"io"
	"net/http"

	sim "rollcall/internal/sim/testrailsim"
)

// A test drives the simulator through its Transport, lets somebody else edit in between, and reads the request log.
func ExampleServer() {
	srv, err := sim.New(sim.EmptySnapshot())
	if err != nil {
		fmt.Println(err)
		return
	}
	srv.Switches.Version = sim.V75
	srv.Before = func(i sim.RequestInfo, st *sim.State) {
		if i.Seq == 2 {
			_, _ = st.AddGroup(sim.Group{Name: "Mobile QA", UserIDs: []int{1}})
		}
	}
	client := http.Client{Transport: srv.Transport()}
	for range 2 {
		r, _ := http.NewRequest(http.MethodGet, "https://acme.example.test/index.php?/api/v2/get_groups", nil)
		r.SetBasicAuth(sim.DefaultAdmin, sim.DefaultKey)
		r.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(string(body))
	}
	for _, r := range srv.Requests() {
		fmt.Println(r)
	}
	// Output:
	// {"offset":0,"limit":250,"size":0,"_links":{"next":null,"prev":null},"groups":[]}
	// {"offset":0,"limit":250,"size":1,"_links":{"next":null,"prev":null},"groups":[{"id":1,"name":"Mobile QA","user_ids":[1]}]}
	// GET get_groups 200
	// GET get_groups 200
}
