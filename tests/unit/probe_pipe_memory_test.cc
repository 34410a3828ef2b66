// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "runner/probe/pipe_memory.h"

namespace roxlab::probe {
namespace {

using ::testing::UnorderedElementsAreArray;

// With the one of the directory that is read.
ptrdiff_t OpenFiles() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

std::vector<uint32_t> Order(uint64_t seed, uint32_t count) {
  uint32_t* order = nullptr;
  uint64_t bytes = 0;
  EXPECT_TRUE(Shuffle(Random(seed), count, &order, &bytes).ok);
  std::vector<uint32_t> copy(order, order + count);
  munmap(order, bytes);
  return copy;
}

class PipeMemoryTest : public ::testing::Test {
 protected:
  void TearDown() override { ClosePipes(); }

  const ptrdiff_t before_ = OpenFiles();
};

TEST_F(PipeMemoryTest, AnOrderHasEveryNumberOnceAndDependsOnItsSeed) {
  std::vector<uint32_t> numbers(1000);
  for (uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  const std::vector<uint32_t> order = Order(1, 1000);
  EXPECT_THAT(order, UnorderedElementsAreArray(numbers));
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order, Order(1, 1000));
  EXPECT_NE(order, Order(2, 1000));
  EXPECT_TRUE(Order(1, 0).empty());
}

TEST_F(PipeMemoryTest, ThePartThatIsNotFreedIsHeldUntilThePipesAreClosed) {
  Result result = FillPipes(4 * 256, 16, 25, Random(1));
  ASSERT_TRUE(result.ok) << result.reason;
  EXPECT_EQ(OpenFiles(), before_ + 2 * 3);
  ClosePipes();
  EXPECT_EQ(OpenFiles(), before_);
}

TEST_F(PipeMemoryTest, PinnedPagesAreHeldByAsFewPipesAsTheyFillUntilTheyAreClosed) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* memory = mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto pin = [&](int times) {
    for (int i = 0; i < times; ++i) {
      Result result = PinPage(static_cast<char*>(memory));
      ASSERT_TRUE(result.ok) << result.reason;
    }
  };
  pin(256);
  EXPECT_EQ(OpenFiles(), before_ + 2);
  pin(1);
  EXPECT_EQ(OpenFiles(), before_ + 4);
  ClosePipes();
  EXPECT_EQ(OpenFiles(), before_);
  pin(1);
  EXPECT_EQ(OpenFiles(), before_ + 2);
  munmap(memory, page);
}

}  // namespace
}  // namespace roxlab::probe
