// A stand-in for knadh/otpgateway: Go's HTTP server over Redis, with the commands that its store gives for
// a create (look, set with a lifetime) and for a check (look, count the try, close), spoken over a pool.
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"time"

	"github.com/gomodule/redigo/redis"
)

const lifetime = 600

var pool *redis.Pool
var key []byte

type request struct {
	Phone string `json:"phone_number"`
	ID    string `json:"authentication_uuid"`
	Code  string `json:"check_code"`
}

func code(id []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(id)
	mac.Write([]byte{0, 0, 0, 1})
	n := new(big.Int).SetBytes(mac.Sum(nil))
	return fmt.Sprintf("%06d", n.Mod(n, big.NewInt(1000000)).Int64())
}

func answer(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func create(w http.ResponseWriter, r *http.Request) {
	var asked request
	if json.NewDecoder(r.Body).Decode(&asked) != nil || asked.Phone == "" {
		answer(w, 400, map[string]string{"code": "bad_request"})
		return
	}
	id := make([]byte, 16)
	rand.Read(id)
	text := hex.EncodeToString(id)
	name := fmt.Sprintf("%s-%s-%s-%s-%s", text[:8], text[8:12], text[12:16], text[16:20], text[20:])
	c := pool.Get()
	defer c.Close()
	if _, err := redis.StringMap(c.Do("HGETALL", "OTP:bench:"+name)); err != nil {
		answer(w, 503, map[string]string{"code": "unavailable"})
		return
	}
	c.Send("MULTI")
	c.Send("HMSET", "OTP:bench:"+name, "otp", code(id), "to", asked.Phone, "channel_description", "",
		"address_description", "", "extra", "{}", "provider", "bench", "closed", "false", "max_attempts", 5)
	c.Send("HINCRBY", "OTP:bench:"+name, "attempts", 1)
	c.Send("EXPIRE", "OTP:bench:"+name, lifetime)
	if _, err := c.Do("EXEC"); err != nil {
		answer(w, 503, map[string]string{"code": "unavailable"})
		return
	}
	answer(w, 200, map[string]string{"authentication_uuid": name, "status": "pending",
		"created_at": time.Now().UTC().Format(time.RFC3339)})
}

func check(w http.ResponseWriter, r *http.Request) {
	var asked request
	if json.NewDecoder(r.Body).Decode(&asked) != nil {
		answer(w, 400, map[string]string{"code": "bad_request"})
		return
	}
	c := pool.Get()
	defer c.Close()
	c.Send("MULTI")
	c.Send("HGETALL", "OTP:bench:"+asked.ID)
	c.Send("HINCRBY", "OTP:bench:"+asked.ID, "attempts", 1)
	c.Send("TTL", "OTP:bench:"+asked.ID)
	found, err := redis.Values(c.Do("EXEC"))
	if err != nil {
		answer(w, 503, map[string]string{"code": "unavailable"})
		return
	}
	kept, _ := redis.StringMap(found[0], nil)
	if subtle.ConstantTimeCompare([]byte(kept["otp"]), []byte(asked.Code)) != 1 {
		answer(w, 200, map[string]string{"status": "invalid"})
		return
	}
	if _, err := c.Do("HSET", "OTP:bench:"+asked.ID, "closed", "true"); err != nil {
		answer(w, 503, map[string]string{"code": "unavailable"})
		return
	}
	answer(w, 200, map[string]string{"authentication_uuid": asked.ID, "status": "valid"})
}

func main() {
	key, _ = hex.DecodeString(os.Args[3])
	pool = &redis.Pool{MaxIdle: 100, MaxActive: 100, Wait: true,
		Dial: func() (redis.Conn, error) { return redis.Dial("unix", os.Args[2]) }}
	http.HandleFunc("/v1/authentication", create)
	http.HandleFunc("/v1/check", check)
	fmt.Println(http.ListenAndServe(os.Args[1], nil))
}
