import {it} from "vitest";
import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { createFileStore } from "../../../src/adapters/file-store/file-store.ts";
import { createMemoryDisk } from "../../../src/simulator/memory-disk.ts";
import { anyState, anyZone, inOrder } from "../../contracts/arbitrary-states.ts";
import { deepStrictEqual } from "node:assert";
it("x", async()=>{ let found=false; for (let seed=Number(process.env.SEED0); seed<Number(process.env.SEED0)+16 && !found; seed++){
const disk=createMemoryDisk();
try {
await fc.assert(fc.asyncProperty(anyState, anyZone, async (state, zone) => {
  if(found) return;
  await createFileStore({disk,zone}).save(state);
  const l = await createFileStore({disk,zone:"Pacific/Auckland"}).load(0);
  try { deepStrictEqual(inOrder(l.state), inOrder(state)); } catch (e) {
    found=true;
    const text = disk.text("monitor_state.json")!;
    writeFileSync("/tmp/fail-state.json", text);
    const p1=JSON.parse(text);
    const re=(o)=>JSON.stringify(o);
    const flat=text.replaceAll("\n","");
    console.log(seed, "parse roundtrip same bytes:", re(p1).length, flat.length);
    for (const k of ["ultima_varredura_rele_por_usina","ultima_varredura_inversor_por_usina","reles","estado_inversores","rele_alerta_chave"]) {
       const own=Object.keys(p1[k]);
       const want = k.startsWith("ultima_varredura_rele")?[...state.plants.values()].filter(p=>p.relay.lastScan!==null).map(p=>p.info.id): k.startsWith("ultima")?[...state.plants.values()].filter(p=>p.inverter.lastScan!==null).map(p=>p.info.id): k==="reles"?[...state.plants.values()].flatMap(p=>[...p.relay.devices.keys()].map(d=>p.info.id+":"+d)): k==="estado_inversores"?[...state.plants.values()].flatMap(p=>[...p.inverter.devices.keys()].map(d=>p.info.id+":"+d)):null;
       if(want && (own.length!==want.length || want.some(w=>!Object.hasOwn(p1[k],w)))) { console.log("PARSE", k, JSON.stringify(own), JSON.stringify(want)); 
         const i=text.indexOf('"'+k+'"'); console.log("TEXT", text.slice(i,i+800)); }
    }
    console.log("msg", String((e as Error).message).slice(0,1500));
    throw new Error("x");
  }
}), { numRuns: 150, seed, endOnFailure: true });
} catch(e){ console.log(String(e).slice(0,300)); }
}}, 200000);
