// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_REPRODUCE_TAIL_H_
#define ROXLAB_REPORT_REPRODUCE_TAIL_H_

namespace roxlab {

// The text of reproduce.sh.
extern const char kReproduceTail[];

}  // namespace roxlab

#endif  // ROXLAB_REPORT_REPRODUCE_TAIL_H_
