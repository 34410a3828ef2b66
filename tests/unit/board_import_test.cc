// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "board/board_file.h"
#include "board/import/labgrid.h"
#include "board/import/lava.h"

namespace roxlab {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(SplitWords, FollowsAShellsQuotesAndNothingElseOfIt) {
  EXPECT_THAT(SplitWords("a  b\tc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitWords("'a b' \"c 'd'\" e\\ f ''"), ElementsAre("a b", "c 'd'", "e f", ""));
  EXPECT_THAT(SplitWords("x; rm $HOME | y"), ElementsAre("x;", "rm", "$HOME", "|", "y"));
  EXPECT_THAT(SplitWords("'open"), IsEmpty());
}

constexpr char kJinja[] = R"({% extends 'beaglebone-black.jinja2' %}
{# The one by the window. #}
{% set power_on_command = '/usr/bin/pduclient --daemon d --hostname pdu09 --command on --port 04' %}
{% set power_off_command = ['relay 1 off', "relay 2 'all off'"] %}
{%- set hard_reset_command = "relay cycle" -%}
{% set soft_reboot_command = 'systemctl reboot' %}
{% set connection_list = ['uart0', 'uart1'] %}
{% set connection_commands = {'uart0': 'telnet con 7001', 'uart1': 'ssh con uart1'} %}
{% set connection_tags = {'uart1': ['primary', 'ssh']} %}
{% set ssh_host = '192.0.2.9' %}
{% set ssh_port = 2222 %}
{% set ssh_user = 'root' %}
{% set ssh_identity_file = '/keys/lab' %}
{% set console_device = 'ttyS2' %}
{% set baud_rate = 1500000 %}
{% set extra_kernel_args = 'root=/dev/mmcblk0p2 rw' %}
{% set uboot_mkimage_arch = 'arm' %}
{% set power_off_command_x = base ~ 'y' %}
{% if true %}
)";

TEST(ImportLava, ADictionaryOfPlainLinesBecomesABoard) {
  const auto imported = ImportLava(kJinja, "bbb.jinja2", "bbb01");
  ASSERT_TRUE(imported.ok()) << imported.status();
  const v1::Board& board = imported->board;
  EXPECT_EQ(board.name(), "bbb01");
  EXPECT_THAT(board.tags(), ElementsAre("type=beaglebone-black"));
  EXPECT_EQ(board.host(), "192.0.2.9");
  EXPECT_EQ(board.port(), 2222u);
  EXPECT_EQ(board.user(), "root");
  EXPECT_EQ(board.key(), "/keys/lab");
  EXPECT_THAT(board.power().commands().on(),
              ElementsAre("/usr/bin/pduclient", "--daemon", "d", "--hostname", "pdu09", "--command",
                          "on", "--port", "04"));
  EXPECT_THAT(board.power().commands().off(),
              ElementsAre("sh", "-c", "relay 1 off && relay 2 'all off'"));
  EXPECT_THAT(board.power().commands().cycle(), ElementsAre("relay", "cycle"));
  EXPECT_THAT(board.boot().reboot(), ElementsAre("systemctl", "reboot"));
  EXPECT_THAT(board.serial().command().argv(), ElementsAre("ssh", "con", "uart1"));
  EXPECT_EQ(board.cmdline(), "console=ttyS2,1500000 root=/dev/mmcblk0p2 rw");
  EXPECT_TRUE(board.boot().has_kexec());
}

TEST(ImportLava, WhatWasNotCarriedOverIsNamedWithItsLine) {
  const auto imported = ImportLava(kJinja, "bbb.jinja2", "bbb01");
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_THAT(imported->left_out,
              UnorderedElementsAre(
                  "bbb.jinja2:8: connection uart0: a second console",
                  "bbb.jinja2:17: uboot_mkimage_arch: not carried over",
                  "bbb.jinja2:18: not a plain assignment: set power_off_command_x = base ~ 'y'",
                  "bbb.jinja2:19: not a plain assignment: if true"));
  EXPECT_THAT(imported->to_write, ElementsAre(HasSubstr("boot: kexec was put there")));
}

TEST(ImportLava, ARenderedDeviceBecomesTheSameBoard) {
  const auto imported = ImportLava(
      "device_type: rk3399\n"
      "commands:\n"
      "  hard_reset: relay cycle\n"
      "  power_off: [relay off]\n"
      "  power_on: [relay on]\n"
      "  pre_power_command: zap\n"
      "  connections:\n"
      "    uart1: {connect: ssh con uart1}\n"
      "    uart0: {connect: telnet con 7001, tags: [primary, telnet]}\n"
      "actions:\n"
      "  deploy:\n"
      "    methods:\n"
      "      ssh: {host: 192.0.2.9, port: 22, user: root, options: [-o, X]}\n"
      "  boot:\n"
      "    methods: {u-boot: {}}\n"
      "timeouts: {}\n",
      "rk.yaml", "rk");
  ASSERT_TRUE(imported.ok()) << imported.status();
  const v1::Board& board = imported->board;
  EXPECT_EQ(board.host(), "192.0.2.9");
  EXPECT_THAT(board.power().commands().off(), ElementsAre("relay", "off"));
  EXPECT_EQ(board.serial().tcp().host(), "con");
  EXPECT_EQ(board.serial().tcp().port(), 7001u);
  EXPECT_THAT(
      imported->left_out,
      UnorderedElementsAre("rk.yaml:6: commands.pre_power_command: not carried over",
                           "rk.yaml:8: connection uart1: a second console",
                           HasSubstr("rk.yaml:9: connection: telnet became raw TCP"),
                           "rk.yaml:13: actions.deploy.methods.ssh.options: not carried over",
                           "rk.yaml:14: actions.boot: not carried over",
                           "rk.yaml:16: timeouts: not carried over"));
  EXPECT_THAT(imported->to_write, Contains(HasSubstr("key: the file")));
}

TEST(ImportLava, OtherTextIsRefused) {
  EXPECT_THAT(ImportLava("hello: you\n", "x.yaml", "x").status().message(),
              HasSubstr("x.yaml:1: no LAVA device"));
  EXPECT_THAT(ImportLava("a: [\n", "x.yaml", "x").status().message(), HasSubstr("x.yaml:2:"));
}

TEST(ImportLabgrid, AnExportersGroupBecomesABoard) {
  const auto imported = ImportLabgrid(
      "desk:\n"
      "  location: by the window\n"
      "  NetworkSerialPort: {host: con, port: 4001, speed: 115200, protocol: raw}\n"
      "  PDUDaemonPort: {host: pduserver, pdu: apc, index: 3}\n"
      "  net:\n"
      "    cls: NetworkService\n"
      "    address: 192.0.2.5\n"
      "    username: root\n"
      "    port: 2200\n"
      "  USBSerialPort:\n"
      "    match: {ID_SERIAL_SHORT: P1}\n",
      "exporter.yaml", "rpi", "");
  ASSERT_TRUE(imported.ok()) << imported.status();
  const v1::Board& board = imported->board;
  EXPECT_EQ(board.host(), "192.0.2.5");
  EXPECT_EQ(board.port(), 2200u);
  EXPECT_EQ(board.serial().tcp().port(), 4001u);
  EXPECT_EQ(board.power().pdudaemon().url(), "http://pduserver:16421");
  EXPECT_EQ(board.power().pdudaemon().hostname(), "apc");
  EXPECT_EQ(board.power().pdudaemon().port(), "3");
  EXPECT_THAT(imported->left_out,
              ElementsAre(HasSubstr("exporter.yaml:10: USBSerialPort: found by udev")));
}

TEST(ImportLabgrid, AnEnvironmentsTargetBecomesABoard) {
  const std::string text =
      "targets:\n"
      "  main:\n"
      "    resources:\n"
      "    - RawSerialPort: {port: /dev/ttyUSB0, speed: 1500000}\n"
      "    - NetworkService: {address: 192.0.2.6, username: root, password: x}\n"
      "    - NetworkPowerPort: {model: gude, host: p, index: 0}\n"
      "    drivers:\n"
      "      SSHDriver: {keyfile: id_lab}\n"
      "      ExternalPowerDriver: {cmd_on: relay on, cmd_off: relay off, delay: 3}\n"
      "      SerialDriver: {}\n"
      "      UBootDriver: {prompt: 'Uboot>'}\n"
      "  other: {}\n"
      "images: {root: r.img}\n";
  EXPECT_THAT(ImportLabgrid(text, "env.yaml", "b", "").status().message(),
              HasSubstr("env.yaml:2: unknown group ''"));
  const auto imported = ImportLabgrid(text, "env.yaml", "b", "main");
  ASSERT_TRUE(imported.ok()) << imported.status();
  const v1::Board& board = imported->board;
  EXPECT_EQ(board.serial().tty().path(), "/dev/ttyUSB0");
  EXPECT_EQ(board.serial().tty().baud(), 1500000u);
  EXPECT_EQ(board.key(), "id_lab");
  EXPECT_THAT(board.power().commands().on(), ElementsAre("relay", "on"));
  EXPECT_THAT(imported->left_out,
              ElementsAre(HasSubstr("env.yaml:5: NetworkService.password"),
                          HasSubstr("env.yaml:6: NetworkPowerPort: labgrid switches it"),
                          HasSubstr("env.yaml:9: ExternalPowerDriver.delay"),
                          HasSubstr("env.yaml:11: UBootDriver")));
  // It is a whole board, once written.
  EXPECT_TRUE(ReadBoard(WriteBoard(board), "/lab/boards.d/b.yaml").ok());
}

}  // namespace
}  // namespace roxlab
