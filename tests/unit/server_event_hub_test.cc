// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/lab/event_hub.h"

namespace roxlab {
namespace {

struct Counter : EventHub::Listener {
  void OnEvent() override { ++events; }
  void OnTick() override { ++ticks; }
  void OnClose() override { ++closes; }
  int events = 0, ticks = 0, closes = 0;
};

TEST(EventHub, AListenerHearsOfItsTopicsOncePerNotification) {
  EventHub hub;
  const auto listener = std::make_shared<Counter>();
  hub.Subscribe(listener, {"a"});
  hub.Subscribe(listener, {"b"});
  hub.Notify({"a", "b", "c"});
  EXPECT_EQ(listener->events, 1);
  hub.Notify({"c"});
  EXPECT_EQ(listener->events, 1);
}

TEST(EventHub, ATickReachesWhoAskedForItAndOnlyOnce) {
  EventHub hub;
  const auto idle = std::make_shared<Counter>(), late = std::make_shared<Counter>();
  hub.Subscribe(idle, {"a"});
  hub.Subscribe(late, {"a"});
  hub.Remind(late);
  hub.Tick();
  hub.Tick();
  EXPECT_EQ(idle->ticks, 0);
  EXPECT_EQ(late->ticks, 1);
}

TEST(EventHub, WhoHasUnsubscribedHearsNothing) {
  EventHub hub;
  const auto listener = std::make_shared<Counter>();
  hub.Subscribe(listener, {"a", "b"});
  hub.Unsubscribe(listener.get());
  hub.Unsubscribe(listener.get());
  hub.Notify({"a"});
  hub.Close();
  EXPECT_EQ(listener->events, 0);
  EXPECT_EQ(listener->closes, 0);
}

TEST(EventHub, AListenerThatIsGoneIsNotCalled) {
  EventHub hub;
  auto listener = std::make_shared<Counter>();
  hub.Subscribe(listener, {"a"});
  hub.Remind(listener);
  listener.reset();
  hub.Notify({"a"});
  hub.Tick();
}

TEST(EventHub, ClosingTellsAllAndWhoComesLater) {
  EventHub hub;
  const auto before = std::make_shared<Counter>(), after = std::make_shared<Counter>();
  hub.Subscribe(before, {"a"});
  hub.Close();
  hub.Subscribe(after, {"a"});
  EXPECT_EQ(before->closes, 1);
  EXPECT_EQ(after->closes, 1);
}

}  // namespace
}  // namespace roxlab
