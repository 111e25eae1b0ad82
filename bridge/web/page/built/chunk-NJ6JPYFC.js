import{a as r,n}from"./chunk-L4WD4L4O.js";function d(t,o){return t.length>0?t.map((e,i)=>n(r,{children:[i>0&&", ",n("bdi",{children:e})]},e)):o}export{d as a};
