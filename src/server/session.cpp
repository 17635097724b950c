// SPDX-License-Identifier: BSL-1.0
#include "session.hpp"

#include "log.hpp"
#include "server_state.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/write.hpp>

#include <sys/socket.h>

#include <new>

namespace http_server {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace rest = inlay::rest;

namespace {

Form form_of(Head const& head) {
  std::string const& method = head.request.method;
  bool const is_head = method == "HEAD";
  return {.version = head.version,
          .is_head = is_head,
          .is_safe = is_head || method == "GET" || method == "OPTIONS",
          .keeps_alive = head.keeps_alive};
}

}  // namespace

/** What happens next, with the connection kept until then; without memory for it the request is answered all the
    same. */
template <class Next>
auto Session::step(Next next) {
  return [self = shared_from_this(), next = std::move(next)](Failure failure = {}, std::size_t size = 0) mutable {
    try {
      if constexpr (std::is_invocable_v<Next&, Session&>) {
        next(*self);
      } else {
        next(*self, failure, size);
      }
    } catch (std::bad_alloc const&) {
      self->run_out_of_memory();
    }
  };
}

Session::Session(Stream::socket_type socket, std::string remote, Server::State& state)
    : stream_(std::move(socket)),
      state_(state),
      remote_(std::move(remote)),
      reader_({.body_bytes = state.listen.max_body_bytes}) {}

Session::~Session() {
  if (!is_member_) return;
  std::lock_guard const lock(state_.mutex);
  state_.connections.remove(member_);
  state_.changed.notify_all();
}

void Session::start(std::string const& origin) {
  {
    // Not in the constructor: whoever finds it on the list asks for its owner, which it has only when that is done.
    std::lock_guard const lock(state_.mutex);
    member_ = state_.connections.add(this, origin);
    is_member_ = true;
    is_last_ = state_.is_stopping;
  }
  asio::dispatch(stream_.get_executor(), step([](Session& self) { self.await_request(self.state_.listen.head_time); }));
}

void Session::go_on(Place place) {
  asio::post(stream_.get_executor(),
             step([place = std::move(place)](Session& self) mutable { self.give_answer(std::move(place)); }));
}

void Session::stop() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->is_last_ = true;
    if (self->is_idle_) self->stream_.close();
  });
}

void Session::leave() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->stream_.close(); });
}

/** Waits for a request to begin, for no longer than this. */
void Session::await_request(std::chrono::milliseconds time) {
  is_idle_ = true;
  is_begun_ = false;
  stream_.expires_after(time);
  proceed();
}

void Session::proceed() {
  using Stage = RequestReader::Stage;
  switch (reader_.stage()) {
    case Stage::waiting:
      if (is_last_) return close();
      return read_more();
    case Stage::head:
      if (!is_begun_ && !is_new_) stream_.expires_after(state_.listen.head_time);
      is_begun_ = true;
      is_new_ = false;
      return read_more();
    case Stage::headed: return take_head();
    case Stage::body: return read_more();
    case Stage::complete: return answer();
    case Stage::refused: return refuse();
  }
}

void Session::read_more() {
  stream_.async_read_some(reader_.prepare(), step([](Session& self, Failure failure, std::size_t size) {
                            // Nobody is there to be answered, or what was to come has not in time.
                            if (failure) return;
                            self.reader_.commit(size);
                            self.proceed();
                          }));
}

void Session::take_head() {
  is_new_ = false;
  is_idle_ = false;
  is_asked_ = false;
  began_ = std::chrono::steady_clock::now();
  request_.clear();
  Head const& head = reader_.head();
  form_ = form_of(head);
  {
    std::lock_guard const lock(state_.mutex);
    if (!state_.connections.ask(member_)) return;
  }
  is_due_ = true;
  request_ = request_text(head.request.method, head.request.target);
  stream_.expires_after(state_.listen.transfer_time);
  admission_ = state_.admit(head.request);
  if (!admission_.is_known) return answer_at_once();
  {
    std::lock_guard const lock(state_.mutex);
    state_.connections.know(member_);
  }
  bool const waits_to_go_on = head.expects_continue && head.has_body;
  reader_.read_body();
  if (waits_to_go_on && reader_.stage() != RequestReader::Stage::refused) return send_continue();
  proceed();
}

void Session::send_continue() {
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(go_on), step([](Session& self, Failure failure, std::size_t) {
                      if (!failure) self.proceed();
                    }));
}

void Session::answer_at_once() {
  // Where its body ends is not known, and is not waited for.
  if (reader_.head().has_body) form_.keeps_alive = false;
  send_answer(admission_.answer(reader_.head().request));
}

void Session::answer() {
  if (auto place = state_.take_place(shared_from_this())) give_answer(std::move(*place));
}

void Session::give_answer(Place place) {
  Answer answered;
  {
    Place const held(std::move(place));
    is_asked_ = true;
    answered = admission_.answer(reader_.take());
  }
  send_answer(std::move(answered));
}

void Session::send_answer(Answer answered) {
  if (is_bare(answered.response)) return run_out_of_memory(answered.actor);
  send(std::move(answered.response), answered.actor);
}

/** Answers what could not be read to its end, and ends the connection: nobody knows where the next request begins. */
void Session::refuse() {
  if (!is_due_) {
    // It has no head, or one that is none.
    is_new_ = false;
    is_idle_ = false;
    is_asked_ = false;
    is_due_ = true;
    began_ = std::chrono::steady_clock::now();
    Head const& head = reader_.head();
    bool const has_line = !head.request.method.empty();
    form_ = has_line ? form_of(head) : Form();
    request_ = has_line ? request_text(head.request.method, head.request.target) : "-";
    {
      std::lock_guard const lock(state_.mutex);
      if (!state_.connections.ask(member_)) return;
    }
  }
  form_.keeps_alive = false;
  send(reader_.refusal(), "-");
}

void Session::send(rest::Response response, std::string_view actor) {
  int const status = response.status;
  std::size_t const bytes = response.body.size();
  form_.keeps_alive = form_.keeps_alive && !is_last_;
  in_flight_ = std::move(response.in_flight);
  message_ = to_message(std::move(response), form_);
  log(actor, status, bytes);
  // What was left of the time is no matter: the body may have come in slowly, and the store taken its time.
  stream_.expires_after(state_.listen.transfer_time);
  {
    // A stranger waits from here on: who does not read an answer keeps no place by that. For the known it does nothing.
    std::lock_guard const lock(state_.mutex);
    state_.connections.wait(member_);
  }
  http::async_write(stream_, message_, step([](Session& self, Failure failure, std::size_t) {
                      if (failure) return;
                      bool const keeps_alive = self.message_.keep_alive();
                      // What was long is not kept for as long as the connection.
                      self.message_ = {};
                      self.in_flight_.reset();
                      {
                        std::lock_guard const lock(self.state_.mutex);
                        self.state_.connections.wait(self.member_);
                      }
                      if (!keeps_alive) return self.close();
                      self.admission_ = {};
                      self.reader_.next();
                      self.await_request(self.state_.listen.idle_time);
                    }));
  is_due_ = false;
}

void Session::run_out_of_memory(std::string_view actor) noexcept {
  if (!is_due_) return;  // nothing was asked, or its answer is on its way: the connection just ends
  bool const may_be_done = is_asked_ && !form_.is_safe;
  send(may_be_done ? state_.out_of_memory_within : state_.out_of_memory_before, actor);
}

/** Sends without taking memory, and without waiting: there is room for it where earlier answers have gone out. */
void Session::send(Prepared const& answer, std::string_view actor) noexcept {
  is_due_ = false;
  log(actor, answer.status, answer.body.size());
  {
    std::lock_guard const lock(state_.mutex);
    state_.connections.wait(member_);
  }
  int const socket = stream_.socket().native_handle();
  for (std::string_view const text : {std::string_view(answer.head), std::string_view(answer.body)}) {
    if (form_.is_head && text.data() == answer.body.data()) break;
    if (::send(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < static_cast<ssize_t>(text.size()))
      return;
  }
  try {
    close();
  } catch (std::bad_alloc const&) {
    ::shutdown(socket, SHUT_RDWR);
  }
}

void Session::log(std::string_view actor, int status, std::size_t bytes) const noexcept {
  state_.log(remote_, actor, request_.empty() ? "-" : request_, status, bytes,
             std::chrono::steady_clock::now() - began_);
}

// What is still on its way is read away for a moment: closing over it would reset the connection, and the client would
// not see the answer.
void Session::close() {
  Failure ignored;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  stream_.expires_after(std::chrono::seconds(1));
  drained_ = 0;
  drain();
}

void Session::drain() {
  if (drained_ > 2 * state_.listen.max_body_bytes + rest_.size()) return;
  stream_.async_read_some(asio::buffer(rest_), step([](Session& self, Failure failure, std::size_t size) {
                            if (failure) return;
                            self.drained_ += size;
                            self.drain();
                          }));
}

}  // namespace http_server
