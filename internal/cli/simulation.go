package cli

import (
	"errors"
	"io"
	"net/http"

	"rollcall/internal/httpx"
	"rollcall/internal/sim/setting"
)

// simulation is how the simulator of a tool is made.
type simulation struct {
	snapshots string           // what the head of its snapshots says that they are
	options   []setting.Option // its switches
	scratch   func() switches  // switches at their defaults, to try values on
	generate  func(seed uint64, size companySize) world
	load      func(io.Reader) (world, error)
}

// companySize is how large a made-up company is. 0 groups or projects are as many as suit.
type companySize struct{ users, groups, projects int }

// switches are those of a simulator. Set returns an error for an unknown name or value, and changes nothing then.
type switches interface {
	Set(name, value string) error
}

// world is what a simulator begins with: its switches and its state, as a snapshot holds them.
type world interface {
	switches() switches
	about() string                        // in a line, without a full stop
	url() string                          // of the instance that it is a state of; "" if it does not say
	admin() (user, key string, ok bool)   // credentials of an active administrator, if there is one; user "": the key says it
	serve(log io.Writer) (service, error) // log gets a line for each request; nil: nobody does
}

// service is a simulator that answers.
type service interface {
	http.Handler
	Transport() http.RoundTripper // asks it in process, without a socket
	Save(io.Writer) error
	Close() error // ends requests that hang on purpose
}

// embeddedURL stands in what is shown of a simulator that was not told its address.
const embeddedURL = "https://acme.example.test/"

// embed returns an embedded instance with the state of a snapshot. Its credentials open nothing else.
func (s simulation) embed(snapshot io.Reader) (*simulator, error) {
	w, err := s.load(snapshot)
	if err != nil {
		return nil, err
	}
	user, key, ok := w.admin()
	if !ok {
		return nil, errors.New("simulator has no active administrator")
	}
	server, err := w.serve(nil)
	if err != nil {
		return nil, err
	}
	address := w.url()
	if address == "" {
		address = embeddedURL
	}
	return &simulator{access: access{url: address, user: user, key: httpx.NewSecret(key), transport: server.Transport()}, save: server.Save}, nil
}
