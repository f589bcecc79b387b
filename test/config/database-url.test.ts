import { expect, it } from "vitest";
import { readPostgresUrl } from "../../src/config/database-url.ts";

const whole = { host: "banco.exemplo.invalid", port: 5432, user: "pvmonitor", password: "se/nh@ 1", name: "pv", isEncrypted: true };

it.each([
  ["postgres://pvmonitor:se%2Fnh%40%201@banco.exemplo.invalid/pv", whole],
  [" postgresql://pvmonitor:se%2Fnh%40%201@banco.exemplo.invalid:6543/pv\n", { ...whole, port: 6543 }],
  ["postgres://pvmonitor:se%2Fnh%40%201@banco.exemplo.invalid/pv?sslmode=disable", { ...whole, isEncrypted: false }],
  ["postgres://pvmonitor@127.0.0.1/pv", { ...whole, host: "127.0.0.1", password: "", isEncrypted: false }],
  ["postgres://pvmonitor@[::1]/pv", { ...whole, host: "::1", password: "", isEncrypted: false }],
  ["postgres://pvmonitor@localhost/pv?sslmode=verify-full", { ...whole, host: "localhost", password: "" }],
])("%s is read", (text, expected) => {
  expect(readPostgresUrl(text)).toEqual({ value: expected });
});

it.each([
  ["", "não é um endereço postgres://"],
  ["mysql://a:segredo@b/c", "não é um endereço postgres://"],
  ["banco.exemplo.invalid", "não é um endereço postgres://"],
  ["postgres://a:segredo@b:99999/c", "não é um endereço postgres://"],
  ["postgres://b/c", "não diz o servidor e o usuário"],
  ["postgres:///c", "não diz o servidor e o usuário"],
  ["postgres://a:segredo@b", "não diz o banco de dados"],
  ["postgres://a:segredo@b/c/d", "não diz o banco de dados"],
  ["postgres://a:segredo%zz@b/c", "tem um % solto"],
  ["postgres://a:segredo%ff@b/c", "não é UTF-8"],
  ["postgres://a:segredo@b/c#d", "tem um # solto"],
  ["postgres://a:segredo@b/c?sslmode=require", "sslmode só pode ser verify-full"],
  ["postgres://a:segredo@b/c?sslmode=no-verify", "sslmode só pode ser verify-full"],
  ["postgres://a:segredo@b/c?options=-csegredo", "um parâmetro que o pvmonitor não conhece"],
])("%s is refused, and not repeated", (text, words) => {
  const read = readPostgresUrl(text);
  const wrong = "wrong" in read ? read.wrong : "";
  expect(wrong).toContain(words);
  expect(wrong).not.toContain("segredo");
});
