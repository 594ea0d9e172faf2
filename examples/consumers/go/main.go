// A user service behind Usher, in Go and nothing else: it takes events, keeps what they carry, and gives it back.
// It keeps everything in memory. Yours has a database, and a transaction where this one works on a copy.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const tolerance = 300 * time.Second

type event struct {
	ID    string          `json:"id"`
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data"`
}

// data is what this service looks at; what it stores is the text.
type data struct {
	ID  string `json:"id"`
	Raw struct {
		UserName    string                   `json:"userName"`
		DisplayName string                   `json:"displayName"`
		ExternalID  string                   `json:"externalId"`
		Emails      []struct{ Value string } `json:"emails"`
	} `json:"raw"`
	Group json.RawMessage `json:"group"`
}

type record struct {
	key     string // users/<id>
	data    data
	text    json.RawMessage
	version int
}

// directory is one customer's connection.
type directory struct {
	accepted map[string]bool
	records  []record            // in the order of creation
	members  map[string][]string // of a group
}

type refusal struct {
	status int
	detail string
}

func (r refusal) Error() string { return r.detail }

var (
	lock        sync.Mutex
	directories = map[string]*directory{}
	key, _      = base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("USHER_SIGNING_SECRET"), "whsec_"))
)

// verify is Standard Webhooks: one of the signatures is ours, over the bytes as they came, and not long ago.
func verify(header http.Header, body []byte) error {
	stamp, _ := strconv.ParseInt(header.Get("webhook-timestamp"), 10, 64)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", header.Get("webhook-id"), header.Get("webhook-timestamp"), body)
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	age := time.Since(time.Unix(stamp, 0))
	for _, given := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(given), []byte(expected)) && age < tolerance && age > -tolerance {
			return nil
		}
	}
	return refusal{401, "the signature is not ours"}
}

func (d *directory) copied() *directory {
	copied := &directory{map[string]bool{}, nil, map[string][]string{}}
	if d == nil {
		return copied
	}
	for id := range d.accepted {
		copied.accepted[id] = true
	}
	copied.records = append(copied.records, d.records...)
	for group, members := range d.members {
		copied.members[group] = append([]string{}, members...)
	}
	return copied
}

func (d *directory) find(key string) *record {
	for i := range d.records {
		if d.records[i].key == key {
			return &d.records[i]
		}
	}
	return nil
}

func (d *directory) version(key string) string {
	if found := d.find(key); found != nil {
		return strconv.Itoa(found.version)
	}
	return ""
}

// accept takes all of the events or none: on a copy, which takes the place of the original when everything went well.
func accept(name string, header http.Header, body []byte) (string, error) {
	var texts []json.RawMessage
	if err := json.Unmarshal(body, &texts); err != nil {
		return "", refusal{400, err.Error()}
	}
	state, lines, subject, version := directories[name].copied(), "", header.Get("usher-resource"), header.Get("if-match")
	for _, text := range texts {
		var event event
		if err := json.Unmarshal(text, &event); err != nil {
			return "", refusal{400, err.Error()}
		}
		if state.accepted[event.ID] {
			continue
		}
		// Only before the first: a delivery that is known already has changed the version itself.
		if lines == "" && version != "" && version != state.version(subject) {
			return "", refusal{412, "it has changed in the meantime"}
		}
		if err := state.apply(event.Event, event.Data); err != nil {
			return "", err
		}
		state.accepted[event.ID] = true
		lines += string(text) + "\n"
	}
	directories[name] = state
	return state.version(subject), publish(lines)
}

func publish(lines string) error {
	file, err := os.OpenFile(setting("EVENTS_FILE", "events.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(lines)
	return err
}

func (d *directory) apply(event string, text json.RawMessage) error {
	var data data
	if err := json.Unmarshal(text, &data); err != nil {
		return refusal{400, err.Error()}
	}
	noun, what, _ := strings.Cut(event, ".")
	key := noun + "s/" + data.ID
	switch what {
	case "created":
		if d.find(key) != nil {
			return refusal{409, data.ID + " is taken"}
		}
		d.records = append(d.records, record{key: key})
		return d.put(key, text)
	case "updated", "deactivated", "reactivated":
		return d.put(key, text)
	case "deleted":
		kept := d.records[:0:0]
		for _, record := range d.records {
			if record.key != key {
				kept = append(kept, record)
			}
		}
		d.records = kept
		delete(d.members, data.ID)
		for group, members := range d.members {
			d.members[group] = without(members, data.ID)
		}
	case "user_added", "user_removed":
		var group struct{ ID string }
		if err := json.Unmarshal(data.Group, &group); err != nil {
			return refusal{400, err.Error()}
		}
		d.members[group.ID] = without(d.members[group.ID], data.ID)
		if what == "user_added" {
			d.members[group.ID] = append(d.members[group.ID], data.ID)
		}
		if user := d.find("users/" + data.ID); user != nil { // perhaps not there yet
			user.version++
		}
		return d.put("groups/"+group.ID, data.Group)
	} // anything else: a newer Usher may tell more than this service wants to know
	return nil
}

func without(ids []string, id string) []string {
	kept := []string{}
	for _, other := range ids {
		if other != id {
			kept = append(kept, other)
		}
	}
	return kept
}

func (d *directory) put(key string, text json.RawMessage) error {
	found := d.find(key)
	if found == nil {
		return refusal{404, key + " does not exist"}
	}
	var data data
	if err := json.Unmarshal(text, &data); err != nil {
		return refusal{400, err.Error()}
	}
	name := nameOf(key, data)
	for _, other := range d.records {
		if name != "" && other.key != key && collection(other.key) == collection(key) && nameOf(other.key, other.data) == name {
			return refusal{409, name + " is taken"}
		}
	}
	*found = record{key, data, text, found.version + 1}
	return nil
}

func collection(key string) string { return key[:strings.Index(key, "/")] }

func nameOf(key string, data data) string {
	switch collection(key) {
	case "users":
		return strings.ToLower(data.Raw.UserName)
	case "groups":
		return strings.ToLower(data.Raw.DisplayName)
	}
	return ""
}

// shown is what was stored, and beside it the version, and the members of a group or the groups of a user.
func (d *directory) shown(r record) map[string]any {
	shown := map[string]any{}
	_ = json.Unmarshal(r.text, &shown) // it was read when it came
	shown["version"] = strconv.Itoa(r.version)
	switch collection(r.key) {
	case "groups":
		shown["members"] = append([]string{}, d.members[r.data.ID]...)
	case "users":
		groups := []map[string]string{}
		for id, members := range d.members {
			if group := d.find("groups/" + id); group != nil && contains(members, r.data.ID) {
				groups = append(groups, map[string]string{"id": id, "name": group.data.Raw.DisplayName})
			}
		}
		shown["groups"] = groups
	}
	return shown
}

func contains(ids []string, id string) bool { return len(without(ids, id)) < len(ids) }

func (d *directory) fits(r record, query url.Values) bool {
	emails := []string{}
	for _, email := range r.data.Raw.Emails {
		emails = append(emails, strings.ToLower(email.Value))
	}
	for name := range query {
		value, fits := query.Get(name), true
		switch name {
		case "user_name":
			fits = strings.EqualFold(r.data.Raw.UserName, value)
		case "display_name":
			fits = strings.EqualFold(r.data.Raw.DisplayName, value)
		case "external_id":
			fits = r.data.Raw.ExternalID == value
		case "email":
			fits = contains(emails, strings.ToLower(value))
		case "ids":
			fits = contains(strings.Split(value, ","), r.data.ID)
		case "member":
			fits = contains(d.members[r.data.ID], value)
		}
		if !fits {
			return false
		}
	}
	return true
}

func (d *directory) list(of string, query url.Values) map[string]any {
	start, count, total, items := number(query, "start_index", 1), number(query, "count", 100), 0, []any{}
	for _, record := range d.records {
		if collection(record.key) == of && d.fits(record, query) {
			if total++; total >= start && len(items) < count {
				items = append(items, d.shown(record))
			}
		}
	}
	return map[string]any{"total": total, "items": items}
}

func number(query url.Values, name string, otherwise int) int {
	if number, err := strconv.Atoi(query.Get(name)); err == nil {
		return number
	}
	return otherwise
}

func answer(w http.ResponseWriter, r *http.Request) (any, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	name, path := r.URL.Query().Get("directory"), strings.TrimPrefix(r.URL.Path, "/provisioning/")
	if name == "" || path == r.URL.Path {
		return nil, refusal{404, "there is nothing here"}
	}
	if r.Method == "POST" && path == "events" {
		if err := verify(r.Header, body); err != nil {
			return nil, err
		}
		version, err := accept(name, r.Header, body)
		if version != "" {
			w.Header().Set("etag", version)
		}
		return nil, err
	}
	state := directories[name].copied()
	if !strings.Contains(path, "/") {
		return state.list(path, r.URL.Query()), nil
	}
	if found := state.find(path); found != nil {
		return state.shown(*found), nil
	}
	return nil, refusal{404, path + " does not exist"}
}

func handle(w http.ResponseWriter, r *http.Request) {
	lock.Lock()
	found, err := answer(w, r)
	lock.Unlock()
	status := 200
	if err != nil {
		status, found = 500, map[string]string{"detail": "the service has a problem"}
		if no, ok := err.(refusal); ok {
			status, found = no.status, map[string]string{"detail": no.detail}
		} else {
			log.Print(err)
		}
	}
	if found == nil {
		w.WriteHeader(204)
		return
	}
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(found)
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	log.Fatal(http.ListenAndServe(setting("LISTEN", "127.0.0.1:9000"), http.HandlerFunc(handle)))
}
