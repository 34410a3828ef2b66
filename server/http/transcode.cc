// SPDX-License-Identifier: Apache-2.0
#include "server/http/transcode.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

std::unique_ptr<Message> Make(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

grpc::ByteBuffer Buffer(absl::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status ParseError(const Descriptor& type, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("no ", type.full_name(), ": ", what));
}

}  // namespace

absl::StatusOr<grpc::ByteBuffer> ToGrpcBytes(const Descriptor& type, Codec codec,
                                             absl::string_view text) {
  const std::unique_ptr<Message> message = Make(type);
  if (codec == Codec::kProto) {
    if (message->ParseFromArray(text.data(), static_cast<int>(text.size()))) return Buffer(text);
    return ParseError(type, "not protobuf's binary form");
  }
  const auto status =
      google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, message.get());
  if (status.ok()) return Buffer(message->SerializeAsString());
  return ParseError(type, {status.message().data(), status.message().size()});
}

absl::StatusOr<std::string> FromGrpcBytes(const Descriptor& type, Codec codec,
                                          grpc::ByteBuffer* bytes) {
  if (codec == Codec::kProto) {
    grpc::Slice slice;
    if (!bytes->DumpToSingleSlice(&slice).ok()) return absl::InternalError("no memory");
    return std::string(slice.begin(), slice.end());
  }
  const std::unique_ptr<Message> message = Make(type);
  grpc::ProtoBufferReader reader(bytes);
  if (!message->ParseFromZeroCopyStream(&reader))
    return absl::InternalError(absl::StrCat("an answer that is no ", type.full_name()));
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(*message, &json);
  if (status.ok()) return json;
  return absl::InternalError(
      absl::StrCat("cannot write ", type.full_name(), " as JSON: ", std::string(status.message())));
}

}  // namespace roxlab
