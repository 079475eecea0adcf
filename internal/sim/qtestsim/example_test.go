package qtestsim_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	sim "rollcall/internal/sim/qtestsim"
)

// A test drives the simulator through its Transport and reads the request log, which holds no password.
func ExampleServer() {
	var srv sim.Server
	client := http.Client{Transport: srv.Transport()}
	r, _ := http.NewRequest(http.MethodPost, "https://acme.example.test/api/v3/users",
		strings.NewReader(`{"username":"mira@acme.example","first_name":"Mira","last_name":"Okafor","password":"long and random"}`))
	r.Header.Set("Authorization", "bearer "+sim.DefaultToken)
	resp, err := client.Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, len(body) > 0)
	for _, r := range srv.Requests() {
		fmt.Println(r)
	}
	// Output:
	// 200 OK true
	// POST /api/v3/users {"username":"mira@acme.example","first_name":"Mira","last_name":"Okafor","password":"***"} 200
}
