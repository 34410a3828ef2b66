// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_TEST_CATALOG_H_
#define ROXLAB_TESTS_SUPPORT_TEST_CATALOG_H_

#include <google/protobuf/text_format.h>

#include <string>

#include "roxlab/v1/lab.pb.h"

namespace roxlab {

template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) std::abort();
  return message;
}

// A small kernels/: two variants of one base, two machines, two workloads.
inline v1::Catalog TestCatalog() {
  return FromText<v1::Catalog>(R"(
    bases { name: "linux-7.3" version: "7.3" }
    bases { name: "linux-7.2" version: "7.2" }
    series { name: "rox" bases: "linux-7.3" patches { name: "0001-a.patch" content: "diff a" }
             patches { name: "0002-b.patch" content: "diff b" } }
    configs { name: "lab" content: "CONFIG_MODULES=y\n" }
    variants { name: "stock" base: "linux-7.3" configs: "lab" }
    variants { name: "rox-cache" base: "linux-7.3" series: "rox" configs: "lab" cmdline: "debug" }
    machines { name: "qemu-a" tags: "arch=arm64" tags: "machine=qemu" qemu { cpu: "max" } }
    machines { name: "board-b" tags: "board=b" }
    workloads { name: "boot" phases { name: "booted" } }
    workloads { name: "modules" phases { name: "booted" } phases { name: "loaded" } })");
}

// Two variants, two seeds, one expectation: four runs.
inline v1::ExperimentSpec TestExperiment() {
  return FromText<v1::ExperimentSpec>(R"(
    name: "rox-vs-stock" variants: "stock" variants: "rox-cache" baseline: "stock"
    machines: "qemu-a" workloads: "modules" seeds: "1-2"
    expect { variant: "rox-cache" metric: "linear.l3_entries" phase: "loaded"
             relation: "below" evidence: "interval" })");
}

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_TEST_CATALOG_H_
