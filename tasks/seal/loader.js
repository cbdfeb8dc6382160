(()=>{
const pieces=%PIECES%;
const key="%KEY%";
let [a,b,c,d]=[0,8,16,24].map((at)=>parseInt(key.slice(at,at+8),16));
const stream=[];
for(let n=0;stream.length<key.length-32;n++){
a=Math.imul(a^(a>>>15)^d,0x2c1b3c6d)+n|0;
b=Math.imul(b^(b>>>13)^a,0x297a2d39);
c=Math.imul(c^(c>>>16)^b,0x1b56c4e9);
d=Math.imul(d^(d>>>14)^c,0x7feb352d);
if(n>=%ROUNDS%)for(let k=0;k<32;k+=4)stream.push((a^c)>>>k&15);
}
let site=0,sound=true;
const texts=pieces.map((piece)=>piece.map((part)=>{
if(typeof part==="string")return part;
const text=part[parseInt(key[32+site],16)^stream[site++]];
if(text===undefined)sound=false;
return text;
}).join(""));
const go=()=>{
document.currentScript.remove();
const text=texts.shift();
if(!texts.length)delete window.%NAME%;
if(sound)document.write(text);
};
Object.defineProperty(window,"%NAME%",{value:go,configurable:true});
document.currentScript.previousSibling.remove();
go();
})()
